import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { newId, type ReservationId, shortId } from '../../domain/ids.ts';
import { type Status, statuses } from '../../domain/transitions.ts';
import type { Act } from '../../domain/work-order/work-order.ts';
import { saveStepResult } from '../../store/work/runs/runs.ts';
import { plantStepResult, stepResult } from '../../store/work/runs/step-results.fixture.ts';
import { aWorkOrderAtWork, theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import type { Effect } from '../../store/work/sessions/effects.ts';
import { intendEffect, markEffect } from '../../store/work/sessions/effects.ts';
import type { WorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { type ActFacts, loadActFacts, startableSteps } from './act-facts.ts';
import { actsFrom, actsOf } from './acts.ts';

const ada = 'human:ada';
const cent = 10_000_000n;

/** Read once; each test changes its own copy. */
let loaded: Promise<ActFacts> | undefined;
async function load(): Promise<ActFacts> {
  const database = await testDatabase();
  const { workOrderId } = await aWorkOrderAtWork(database, { step: 'verifying' });
  return loadActFacts(database.query, await theWorkOrder(database, workOrderId));
}

async function facts(given: Partial<WorkOrder> = {}, rest: Partial<ActFacts> = {}): Promise<ActFacts> {
  loaded ??= load();
  const { order, ...others } = await loaded;
  return { ...others, ...rest, order: { ...order, branch: 'moose/mend-it', ...given } };
}

const one = (found: ActFacts, act: Act, actor = ada) => {
  const view = actsFrom(found, actor).find((each) => each.act === act);
  if (!view) throw new Error(`No ${act}`);
  return view;
};
const possible = (found: ActFacts, actor = ada) =>
  actsFrom(found, actor)
    .filter((view) => view.is_possible)
    .map(({ act }) => act);

const effect = (kind: Effect['kind'], detail: Record<string, unknown>): Effect => ({
  id: 1n,
  key: `${kind}:1`,
  kind,
  state: 'done',
  detail,
  workOrderId: 'w' as never,
  runId: 'r' as never,
  createdAt: new Date(),
  updatedAt: new Date(),
});
const worktree = effect('worktree', { worktreePath: '/data/worktrees/1' });
const pushed = effect('push', { branch: 'moose/mend-it', remote: 'origin' });
const openPull = { number: 3, state: 'open', baseBranch: 'main' } as const;
const unbegun = { status: 'pending', step: null, stepState: null } as const;

test('R-PIPE-11: in each state the list has the actions that would succeed', async () => {
  const working = await facts();
  const inStatus = (status: Status, more: Partial<ActFacts> = {}) =>
    possible({ ...working, run: undefined, ...more, order: { ...working.order, status } });
  const found = Object.fromEntries(
    statuses.map((status) => [status, inStatus(status, { effects: [worktree], pullRequest: openPull })]),
  );
  expect(found).toEqual({
    pending: ['pause', 'cancel', 'merge'],
    in_progress: ['pause', 'cancel', 'merge'],
    needs_review: ['retry', 'cancel', 'undo', 'merge'],
    completed: ['undo', 'merge'],
    failed: ['retry', 'cancel', 'undo', 'merge'],
    cancelled: ['undo', 'merge'],
  });
  expect(inStatus('cancelled')).toEqual([]);
});

test('R-PIPE-11: each action that is not possible says why, in one sentence, and does nothing', async () => {
  const working = await facts();
  const undone = { ...working, run: working.run && { ...working.run, kind: 'undo' as const } };
  const all = [working, undone, await facts({ heldBy: ada, heldAt: new Date() })];
  for (const found of all)
    for (const view of actsFrom(found, 'api:ci')) {
      expect(view.is_possible).toBe(view.why_not === null);
      if (view.is_possible) expect(view.consequence.length).toBeGreaterThan(0);
      else expect(view).toMatchObject({ consequence: [], cost_usd: null, steps: [] });
      for (const sentence of [...view.consequence, ...(view.why_not ? [view.why_not] : [])])
        expect(sentence).toMatch(/^[A-Z$a-z0-9/].*\.$/);
    }
  expect(possible(undone)).toEqual([]);
});

test.each<[string, Partial<WorkOrder>, Partial<ActFacts>, Act, string, string]>([
  [
    'an approval by a program',
    { ...unbegun, needsApproval: true },
    {},
    'approve',
    'api:ci',
    'Only a person can approve it.',
  ],
  [
    'a second approval',
    { needsApproval: true, approvedBy: ada },
    {},
    'approve',
    ada,
    'ada has already approved it.',
  ],
  [
    'a retry of what a closed pull request cancelled',
    { status: 'cancelled' },
    { pullRequest: { ...openPull, state: 'closed' } as ActFacts['pullRequest'] },
    'retry',
    ada,
    'It is cancelled: open pull request 3 again, or submit a new one.',
  ],
  [
    'a retry of what a person cancelled',
    { status: 'cancelled' },
    {},
    'retry',
    ada,
    'It is cancelled: submit a new one.',
  ],
  [
    'an approval of what is over',
    { status: 'cancelled', needsApproval: true },
    {},
    'approve',
    ada,
    'It is cancelled.',
  ],
  [
    'a pause before the approval',
    { ...unbegun, needsApproval: true },
    {},
    'pause',
    ada,
    'It waits for approval and does not start before that.',
  ],
  [
    'a pause of what waits for you',
    { status: 'needs_review' },
    {},
    'pause',
    ada,
    'It already waits for you, and nothing is running.',
  ],
  [
    'a pause of what is being cancelled',
    { cancelRequestedAt: new Date() },
    {},
    'pause',
    ada,
    'It is being cancelled.',
  ],
  ['a second pause', { heldBy: 'human:bob' }, {}, 'pause', ada, 'bob has already paused it.'],
  [
    'a resume by a program',
    { heldBy: ada },
    {},
    'resume',
    'api:ci',
    'ada paused it: only a person can resume it.',
  ],
  [
    'a retry by a program of what is parked',
    { status: 'needs_review', parkedAt: new Date() },
    { run: undefined },
    'retry',
    'api:ci',
    'It is parked: only a person can retry it.',
  ],
  [
    'a retry of what is over',
    { status: 'completed' },
    { run: undefined },
    'retry',
    ada,
    'It is completed: submit a new one, or undo it.',
  ],
  ['a second cancel', { cancelRequestedAt: new Date() }, {}, 'cancel', ada, 'It is already being cancelled.'],
  ['an undo of nothing', { status: 'failed' }, { run: undefined }, 'undo', ada, 'Nothing is left to undo.'],
  [
    'a second merge',
    {},
    { pullRequest: { ...openPull, state: 'merged' } },
    'merge',
    ada,
    'Pull request 3 is already merged.',
  ],
])('R-PIPE-11: %s is not possible', async (_, order, rest, act, actor, why) => {
  expect(one(await facts(order, rest), act, actor).why_not).toBe(why);
});

test('R-PIPE-11: a pause names the process that may finish, and the money that stays reserved', async () => {
  const running = await facts(
    {},
    {
      session: { name: 'codex', purpose: 'agent' },
      envelope: { nanoUsd: 50n * cent, leftNanoUsd: 42n * cent },
    },
  );
  expect(one(running, 'pause').consequence).toEqual([
    'The running agent codex finishes; after that no step, agent or model call starts.',
    '$0.42 of the $0.50 reserved for it stays reserved until it continues.',
    'It holds no slot while it is paused, and stays paused when Moose restarts.',
  ]);
  const held = { ...running, order: { ...running.order, heldBy: ada } };
  expect(one(held, 'resume')).toMatchObject({
    consequence: [
      'It continues at verifying when a slot is free.',
      'It may spend the remaining $0.42 of its reservation.',
    ],
    cost_usd: 0.42,
  });
});

test('R-PIPE-11: a cancel and an undo are destructive, and say what is removed and what stays', async () => {
  const found = await facts(
    {},
    {
      session: { name: 'codex', purpose: 'agent' },
      effects: [worktree, pushed],
      envelope: { nanoUsd: 50n * cent, leftNanoUsd: 42n * cent },
      pullRequest: openPull,
    },
  );
  const short = shortId(found.order.id);
  expect(one(found, 'cancel')).toMatchObject({
    is_destructive: true,
    consequence: [
      'The running agent codex is stopped.',
      `/data/worktrees/1 is removed; uncommitted changes in it are kept under refs/moose/preserved/${short}.`,
      'The branch moose/mend-it and its commits stay.',
      'Pull request 3 stays open.',
      'The unspent $0.42 of its reservation is released.',
      `${short} cannot be retried after that.`,
    ],
  });
  const over = { ...found, run: undefined, order: { ...found.order, status: 'completed' as const } };
  const merged = { ...over, pullRequest: { ...openPull, state: 'merged' as const } };
  expect(one(merged, 'undo').consequence).toEqual([
    'Deletes moose/mend-it on origin, unless others have pushed to it.',
    `Removes /data/worktrees/1; uncommitted changes in it are kept under refs/moose/preserved/${short}.`,
    'Pull request 3 stays merged: revert it in main yourself.',
    'It is then cancelled and cannot be retried.',
  ]);
});

test('R-PIPE-11: a retry says where it starts, and how much it may spend', async () => {
  const stopped = { status: 'needs_review', costNanoUsd: 30n * cent } as const;
  const rest = { run: undefined, startable: ['routing', 'generating'] as const };
  const limited = await facts({ ...stopped, limitNanoUsd: 50n * cent }, rest);
  expect(one(limited, 'retry')).toMatchObject({
    cost_usd: 0.2,
    steps: ['routing', 'generating'],
    consequence: [
      'Run 2 starts at generating unless you choose another step, on the branch moose/mend-it.',
      'It may spend up to $0.20 more; the $0.30 spent so far still counts.',
      'This also answers the question about it.',
    ],
  });
  const usedUp = { ...limited, order: { ...limited.order, costNanoUsd: 60n * cent } };
  expect(one(usedUp, 'retry').consequence[1]).toBe(
    'Its limit of $0.50 is used up: set a higher one with the retry.',
  );
});

test('R-PIPE-11: a retry may start at any step whose earlier steps have good results', () => {
  expect(startableSteps(new Map())).toEqual(['routing']);
  const sentBack = { feedback: { summary: 'red' } };
  const results = new Map<never, unknown>(
    Object.entries({
      routing: {},
      preparing: {},
      generating: {},
      applying: {},
      verifying: sentBack,
    }) as never,
  );
  expect(startableSteps(results)).toEqual(['routing', 'preparing', 'generating', 'applying', 'verifying']);
  results.delete('preparing' as never);
  expect(startableSteps(results)).toContain('verifying');
});

test('the facts behind the actions are read in their current state', async () => {
  const database = await testDatabase();
  const { workOrderId, runId } = await aWorkOrderAtWork(database, { step: 'generating', limitNanoUsd: cent });
  const routed = { envelopeNanoUsd: String(20n * cent), reservationId: newId<ReservationId>(new Date()) };
  const row = { runId, workOrderId, step: 'routing', cycle: 0, startedAt: new Date() } as const;
  await saveStepResult(database.query, { ...row, result: stepResult('routing', routed) });
  const key = `pull_request:${workOrderId}`;
  await intendEffect(database.query, {
    workOrderId,
    runId,
    kind: 'pull_request',
    key,
    detail: { number: 7 },
  });
  const order = await theWorkOrder(database, workOrderId);
  expect(await loadActFacts(database.query, order)).toMatchObject({
    startable: ['routing', 'preparing'],
    estimateNanoUsd: 20n * cent,
    pullRequest: { number: 7, state: 'open', baseBranch: null },
    envelope: null,
    session: undefined,
  });
  await plantStepResult(database.query, { ...row, cycle: 1, result: { models: [] } });
  const ofOlderVersion = await loadActFacts(database.query, order);
  expect(ofOlderVersion).toMatchObject({ estimateNanoUsd: null });
  await markEffect(database.query, key, 'undone');
  expect((await loadActFacts(database.query, order)).pullRequest).toMatchObject({ state: 'closed' });
  expect((await actsOf(database.query, order, ada)).map(({ act }) => act)).toEqual([
    ...['approve', 'pause', 'resume', 'retry', 'cancel', 'undo', 'merge'],
  ]);
});
