import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  newId,
  type ProjectId,
  type RunId,
  type SessionId,
  shortId,
  type WorkOrderId,
} from '../../domain/ids.ts';
import { statuses, stepStates, steps } from '../../domain/transitions.ts';
import type { Run } from '../../store/runs.ts';
import type { SessionRow } from '../../store/session-rows.ts';
import type { WorkOrder } from '../../store/work-orders.ts';
import { type ExplainFacts, explain } from './explain.ts';

const now = new Date('2026-03-10T12:00:00.000Z');
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
const id = newId<WorkOrderId>(now);
const runId = newId<RunId>(now);
const short = shortId(id);

const order: WorkOrder = {
  id,
  projectId: newId<ProjectId>(now),
  ...{ title: 'Mend it', description: '', acceptance: '', settings: {}, run: 1 },
  ...{ status: 'pending', step: null, stepState: null, failureClass: null, failure: null },
  ...{ limitNanoUsd: null, timeLimitMs: 300_000, baseBranch: null, baseSha: null, branch: null },
  ...{ pullRequestUrl: null, agentRuns: 0, modelCalls: 0, inputTokens: 0n, outputTokens: 0n },
  ...{ costNanoUsd: 0n, refinementCycles: 0, refinementCyclesMax: 3, isScripted: false },
  ...{ progressedAt: null, agentRunsAtProgress: 0, modelCallsAtProgress: 0, costAtProgressNanoUsd: 0n },
  ...{ cancelRequestedAt: null, parkedAt: null, parkedBecause: null, finishedAt: null },
  ...{ metadata: {}, recoveryAttempts: 0, recoveries: [], retryBudget: null, wastedNanoUsd: 0n },
  ...{ heldBy: null, heldAt: null, needsApproval: false, approvedBy: null, approvedAt: null },
  ...{ changedBy: 'human:x', changedBecause: '', createdAt: minutesAgo(90), updatedAt: minutesAgo(5) },
};
const run: Run = {
  ...{ id: runId, workOrderId: id, number: 1, kind: 'work', firstStep: 'routing', state: 'running' },
  ...{ outcome: null, fence: 1, executor: 'a', takeups: 0, leg: 0, cycle: 0, stepAttempt: 0 },
  ...{ waitingFor: null, wakeAt: null, settings: {}, reservationId: null },
  ...{ pausedBy: null, pausedAt: null, pauses: 0 },
  ...{ createdAt: minutesAgo(2), endedAt: null },
};
const session: SessionRow = {
  ...{
    id: newId<SessionId>(now),
    workOrderId: id,
    runId,
    purpose: 'agent',
    name: 'patch',
    cycle: 0,
    attempt: 1,
  },
  ...{
    host: 'h',
    directory: '/s',
    command: 'c',
    isolation: 'none',
    state: 'running',
    handle: null,
    exitCode: null,
    signal: null,
  },
  ...{ endReason: null, createdAt: minutesAgo(2), startedAt: minutesAgo(1), endedAt: null },
};
const failure = { code: 'CHECK_FAILED', message: 'The check test failed', advice: 'Look at its output.' };

const facts = (
  changed: Partial<WorkOrder>,
  rest: Partial<Omit<ExplainFacts, 'order'>> = {},
): ExplainFacts => ({
  ...{ run: undefined, session: undefined, liveExecutors: 1, now },
  ...rest,
  order: { ...order, ...changed },
});
const working = { status: 'in_progress', step: 'verifying', stepState: 'running' } as const;
const held = { heldBy: 'human:ada', heldAt: minutesAgo(3) };
const undoRun: Run = { ...run, kind: 'undo' };
const hourAway = new Date(now.getTime() + 3_600_000);
const tomorrow = new Date(now.getTime() + 86_400_000);

test.each<[string, ExplainFacts]>([
  ['Waiting since 1 h in the queue; it starts by itself as soon as a place is free.', facts({})],
  [
    'Waiting since 1 h for a Moose to take it up, and none is running: start `moose up`.',
    facts({}, { liveExecutors: 0 }),
  ],
  [
    'Stopped at verifying since 5 min because no Moose is running: start `moose up`, and it goes on from there.',
    facts(working, { run, session, liveExecutors: 0 }),
  ],
  [
    'Being stopped since 1 min, as you asked; it ends by itself.',
    facts({ ...working, cancelRequestedAt: minutesAgo(1) }, { run }),
  ],
  [
    'Waiting until 13:00:00 UTC to try generating again: slow down. It failed 5 min ago, and goes on by itself.',
    facts(
      { ...working, step: 'generating', stepState: 'retrying' },
      { run: { ...run, wakeAt: hourAway, waitingFor: 'slow down' } },
    ),
  ],
  [
    'Waiting until 2026-03-11 12:00:00 UTC to try generating again: It failed in passing. It failed 5 min ago, and goes on by itself.',
    facts({ ...working, step: 'generating', stepState: 'retrying' }, { run: { ...run, wakeAt: tomorrow } }),
  ],
  [
    'About to try generating again, by itself, after 5 min: slow down.',
    facts(
      { ...working, step: 'generating', stepState: 'retrying' },
      { run: { ...run, wakeAt: minutesAgo(1), waitingFor: 'slow down' } },
    ),
  ],
  [
    `At applying: the agent patch has been running for 1 min; its time ends at 12:04:00 UTC, and \`moose cancel ${short}\` stops it.`,
    facts({ ...working, step: 'applying' }, { run, session }),
  ],
  [
    `At verifying: the check test has been running for 2 min; its time ends by the limit for checks, and \`moose cancel ${short}\` stops it.`,
    facts(working, { run, session: { ...session, purpose: 'check', name: 'test', startedAt: null } }),
  ],
  [
    'Waiting since 5 min in the queue, to go on at verifying by itself as soon as a place is free.',
    facts(working, { run: { ...run, executor: null } }),
  ],
  [
    `At verifying since 5 min; it goes on by itself, and \`moose logs ${short} -f\` shows how.`,
    facts(working, { run }),
  ],
  [
    `Waiting for your approval since 1 h: nothing begins before \`moose approve ${short}\`; \`moose cancel ${short}\` gives it up.`,
    facts({ needsApproval: true }, { liveExecutors: 0 }),
  ],
  [
    'Waiting since 1 h in the queue; it starts by itself as soon as a place is free.',
    facts({ needsApproval: true, approvedBy: 'human:ada', approvedAt: now }),
  ],
  [
    `Paused by ada since 3 min: it does not begin before that ends; \`moose resume ${short}\` lets it go on.`,
    facts(held, { run: { ...run, executor: null } }),
  ],
  [
    `Paused by ada since 3 min: the agent patch is let finish, and nothing begins after it; \`moose resume ${short}\` lets it go on.`,
    facts({ ...working, ...held }, { run, session }),
  ],
  [
    `Paused by ada since 3 min: verifying is let finish, and nothing begins after it; \`moose resume ${short}\` lets it go on.`,
    facts({ ...working, ...held }, { run }),
  ],
  [
    `Paused by ada since 3 min, at verifying: it holds no place; \`moose resume ${short}\` lets it go on from there.`,
    facts({ ...working, ...held }, { run: { ...run, executor: null } }),
  ],
  [
    `Paused by ada since 3 min, at verifying: it holds no place; \`moose resume ${short}\` lets it go on from there once a Moose runs (\`moose up\`).`,
    facts({ ...working, ...held }, { run: { ...run, executor: null }, liveExecutors: 0 }),
  ],
  [
    'Being stopped since 1 min, as you asked; it ends by itself.',
    facts({ ...working, ...held, cancelRequestedAt: minutesAgo(1) }, { run }),
  ],
  [
    'Waiting for you since 5 min: The check test failed. Look at its output.',
    facts({ status: 'needs_review', step: 'verifying', failure }, { run: { ...run, state: 'ended' } }),
  ],
  [
    `Waiting for you since 5 min: It needs review. \`moose retry ${short}\` or \`moose undo ${short}\`.`,
    facts({ status: 'needs_review', step: 'verifying' }),
  ],
  [
    `Completed 5 min ago: look with \`moose diff ${short}\`, take it with \`moose merge ${short}\`.`,
    facts({ status: 'completed', stepState: 'done' }),
  ],
  [
    'Completed 5 min ago, and not undone: The check test failed. Look at its output.',
    facts({ status: 'completed', stepState: 'done', failure }),
  ],
  [
    'Failed 5 min ago, and nothing is left of it: The check test failed. Look at its output.',
    facts({ status: 'failed', failure }),
  ],
  [
    `Failed 5 min ago, and nothing is left of it: Nobody knows why. \`moose retry ${short}\` or \`moose undo ${short}\`.`,
    facts({ status: 'failed' }),
  ],
  [
    `Cancelled 5 min ago; nothing happens any more. What is left of it, \`moose undo ${short} --plan\` shows.`,
    facts({ status: 'cancelled' }),
  ],
  ['Being undone since 2 min; it ends by itself.', facts({ status: 'failed', failure }, { run: undoRun })],
  [
    'To be undone since 2 min, and no Moose is running: start `moose up`.',
    facts({ status: 'completed' }, { run: undoRun, liveExecutors: 0 }),
  ],
])('R-PIPE-13: %s', (sentence, given) => {
  expect(explain(given)).toBe(sentence);
});

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const at = fc.integer({ min: -5_000_000, max: 5_000_000 }).map((minutes) => minutesAgo(minutes));
/** Texts as programs write them: with lines, and without a full stop. */
const text = fc.stringMatching(/^[\w .:\n\t-]{0,40}$/).filter((each) => !/undefined|null|NaN/.test(each));

test('R-PIPE-13: every work order in every state has an answer in one line: what, since when, what unblocks it', () => {
  const given = fc.record({
    order: fc.record({
      status: fc.constantFrom(...statuses),
      step: maybe(fc.constantFrom(...steps)),
      stepState: maybe(fc.constantFrom(...stepStates)),
      failure: maybe(fc.record({ code: fc.constant('X'), message: text, advice: text })),
      ...{
        updatedAt: at,
        createdAt: at,
        finishedAt: maybe(at),
        cancelRequestedAt: maybe(at),
        parkedAt: maybe(at),
      },
    }),
    run: fc.option(
      fc.record({
        kind: fc.constantFrom('work' as const, 'undo' as const),
        state: fc.constantFrom('running' as const, 'ended' as const),
        executor: maybe(fc.constant('a')),
        ...{ wakeAt: maybe(at), waitingFor: maybe(text), createdAt: at },
      }),
      { nil: undefined },
    ),
    session: fc.option(
      fc.record({ purpose: fc.constantFrom('agent' as const, 'check' as const), startedAt: maybe(at) }),
      { nil: undefined },
    ),
    liveExecutors: fc.nat(2),
  });
  fc.assert(
    fc.property(given, (one) => {
      const said = explain({
        order: { ...order, ...one.order },
        run: one.run && { ...run, ...one.run },
        session: one.session && { ...session, ...one.session },
        liveExecutors: one.liveExecutors,
        now,
      });
      expect(said).not.toMatch(/undefined|null|NaN|Invalid|\n| {2}/);
      expect(said).toMatch(/^[A-Z]/);
      expect(said).toMatch(/\d+ (s|min|h|days)\b/);
      // An advice of the failure's own says it in its own words.
      if (!one.order.failure?.advice) expect(said).toMatch(/`moose [a-z]+|by itself/);
    }),
    { numRuns: 2_000 },
  );
});
