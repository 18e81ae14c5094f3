// One run from start to end, in this process, with a scripted model and agent.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import type { Slots } from '../../durable/slots.ts';
import { until } from '../../stdx/async/until.fixture.ts';
import { systemClock } from '../../stdx/clock.ts';
import { addToCounters, updateRun } from '../../store/work/runs/runs.ts';
import { cancel } from '../commands/cancel.ts';
import { pause } from '../commands/pause-and-resume.ts';
import { CancelRequested } from '../run/cancel.ts';
import type { Work } from '../run/work.ts';
import { executeRun } from './execute-run.ts';
import { onRecord, questionsOf } from './on-record.fixture.ts';
import { atStep, type Given, loseFence, proposalOf, type ScratchWork } from './scratch-pipeline.fixture.ts';
import { scriptedAgent } from './scripted-agent.fixture.ts';
import { type Answer, scriptedModel } from './scripted-model.fixture.ts';

const shared = sharedDatabase();

const good = 'echo new > made.txt; echo says success made it';
const checks = [{ kind: 'test' as const, command: 'test "$(cat made.txt)" = new', source: 'given' }];

interface Script extends Given {
  answers?: readonly Answer[];
  agent?: string;
  /** Called in the middle of the call to the model. */
  onAsk?(work: ScratchWork): unknown;
}

async function ground({ answers = [proposalOf('new')], agent = good, onAsk, ...given }: Script = {}) {
  const held: { work?: ScratchWork } = {};
  const model = scriptedModel('p/a', answers, () => held.work && onAsk?.(held.work));
  const agents = [scriptedAgent(agent)];
  const at = await atStep(shared(), 'routing', {
    agents,
    models: [model],
    orderSettings: { checks },
    ...given,
  });
  held.work = at.work;
  return { ...at, model, deps: { database: at.work.database, clock: systemClock } };
}

interface Leg {
  leg?: number;
  slots?: Slots;
  signal?: AbortSignal;
  stops?: AbortSignal;
}

const execute = (
  work: Work,
  { leg = 0, slots = work.slots, signal = new AbortController().signal, stops = signal }: Leg = {},
) => executeRun(work, work.run.id, { executorId: 'next', slots, leg, stops }, signal);

const allSteps = [
  'routing.0',
  'preparing.0',
  'generating.0',
  'applying.0',
  'verifying.0',
  'creating_pr.0',
  'tracking.0',
];

test('R-PIPE-1: from routing to the end: each step once, one agent, one call, one pull request', async () => {
  const { work, model, points, repository } = await ground();
  await execute(work);
  const found = await onRecord(work);
  expect(found.results).toEqual(allSteps);
  expect(found.order).toMatchObject({
    status: 'completed',
    isVerified: true,
    agentRuns: 1,
    pullRequestUrl: 'memory:1',
  });
  expect(found.errors).toEqual([]);
  expect(model.prompts).toHaveLength(1);
  expect(points.filter((point) => /:(begin|end)$/.test(point))).toHaveLength(13);
  expect(work.forge.pullRequests).toHaveLength(1);
  expect(repository.git('worktree', 'list').split('\n')).toHaveLength(1);
});

test.each(['routing:end', 'verifying:begin', 'creating_pr:end'])(
  'R-PIPE-1: if Moose dies at %s, the next process continues from there, and pays for nothing twice',
  async (diesAt) => {
    const { work, model, points } = await ground({ diesAt });
    await expect(execute(work, { signal: work.signal })).rejects.toThrow('Moose died');
    await execute(work);
    const found = await onRecord(work);
    expect(found.results).toEqual(allSteps);
    expect(found.order).toMatchObject({ status: 'completed', agentRuns: 1 });
    expect(model.prompts).toHaveLength(1);
    expect(points.filter((point) => point === 'agent:started')).toHaveLength(1);
    expect(work.forge.pullRequests).toHaveLength(1);
  },
);

test('R-PIPE-6, R-REC-5: a failed check goes back to the model with the failure, and the next cycle is a new one', async () => {
  const { work, model } = await ground({
    answers: [proposalOf('old'), proposalOf('new')],
    agent: `if [ -e made.txt ]; then ${good}; else echo old > made.txt; echo says success; fi`,
    orderSettings: {
      checks: [
        {
          ...checks[0],
          command: 'grep new made.txt || { echo "expected new"; exit 1; }',
        } as (typeof checks)[0],
      ],
    },
  });
  await execute(work);
  const { order, results } = await onRecord(work);
  expect(order).toMatchObject({ status: 'completed', refinementCycles: 1, agentRuns: 2 });
  expect(results.slice(4, 8)).toEqual(['verifying.0', 'generating.1', 'applying.1', 'verifying.1']);
  expect(model.prompts[1]).toContain('expected new');
});

test('R-REC-1: an agent that crashes once is retried, and its failure is recorded as recovered', async () => {
  const { work } = await ground({ agent: `if mkdir ../mark 2>/dev/null; then exit 1; fi; ${good}` });
  const again = {
    failureClass: '*',
    category: '*',
    code: 'AGENT_CRASHED',
    act: 'retry',
    delaysMs: [1],
    because: 'x',
  } as const;
  work.recovery.configureRecoveryPolicy('applying', again);
  await execute(work);
  const { order, errors, sessions } = await onRecord(work);
  expect(order).toMatchObject({ status: 'completed', recoveryAttempts: 1, agentRuns: 2 });
  expect(errors).toMatchObject([{ errorType: 'AGENT_CRASHED', recoveryStrategy: 'retry', attempt: 1 }]);
  expect(sessions.slice(0, 2)).toEqual(['scripted exited', 'scripted exited']);
});

test('a leg that is not current, or a run that has ended, is left alone', async () => {
  const { work } = await ground();
  const before = await onRecord(work);
  await execute(work, { leg: 1 });
  expect(await onRecord(work)).toEqual(before);
  await updateRun(work.database.query, work.run.id, { state: 'ended' });
  await execute(work);
  expect((await onRecord(work)).order).toEqual(before.order);
});

test('R-PIPE-11: if a person cancelled the work before it was taken up, nothing is asked or created', async () => {
  const { work, model, deps } = await ground();
  await cancel(deps, work.order, 'human:ada');
  const { leg } = (await onRecord(work)).run;
  await execute(work, { leg });
  expect((await onRecord(work)).order).toMatchObject({ status: 'cancelled' });
  expect(model.prompts).toEqual([]);
});

test('R-PIPE-11: fear: a person cancels while the run waits to be taken up, and no process ends it', async () => {
  const { work, model, deps } = await ground();
  await cancel(deps, work.order, 'human:ada');
  const { leg } = (await onRecord(work)).run;
  const stops = new AbortController().signal;
  await execute(work, { leg, stops, signal: AbortSignal.abort(new CancelRequested()) });
  expect((await onRecord(work)).order).toMatchObject({ status: 'cancelled' });
  expect(model.prompts).toEqual([]);
});

test("R-PIPE-11: if a person cancels during the agent's work, it is stopped and cancelled, which is not a failure", async () => {
  const { work } = await ground({ agent: 'sleep 60' });
  const cancelled = new AbortController();
  const carried = execute(work, { signal: cancelled.signal, stops: new AbortController().signal });
  await until('a running agent', async () => (await onRecord(work)).sessions.includes('scripted running'));
  cancelled.abort(new CancelRequested());
  await carried;
  const { order, errors, sessions, run } = await onRecord(work);
  expect(order).toMatchObject({ status: 'cancelled', failure: null });
  expect([errors, sessions, run.outcome]).toEqual([[], ['scripted stopped'], 'cancelled']);
});

test('R-PIPE-11: if a person paused the work, the run is released before it starts anything', async () => {
  const { work, model, deps } = await ground();
  await pause(deps, work.order, 'human:ada');
  await execute(work);
  const { run, order, kinds } = await onRecord(work);
  expect(run).toMatchObject({ state: 'running', executor: null, leg: 1 });
  expect(order).toMatchObject({ status: 'in_progress', step: 'routing' });
  expect(kinds).toContain('suspended');
  expect(model.prompts).toEqual([]);
});

test('R-PIPE-11: if a person pauses the work during a step, that step is finished and kept, and the next one does not start', async () => {
  const { work } = await ground({
    onAsk: ({ database, order }) => pause({ database, clock: systemClock }, order, 'human:ada'),
  });
  await execute(work);
  const { run, order, results, sessions } = await onRecord(work);
  expect(order.step).toBe('applying');
  expect(results).toEqual(['routing.0', 'preparing.0', 'generating.0']);
  expect(run).toMatchObject({ executor: null, leg: 1, starts: 0 });
  expect(sessions).toEqual([]);
});

test('R-PIPE-11: if a person pauses the work while it waits for a slot, no agent is started, which is not a failure', async () => {
  const { work, deps } = await ground();
  const slots: Slots = {
    withSlot: async (name, _max, _signal, act) => {
      if (name.startsWith('machine:')) await pause(deps, work.order, 'human:ada');
      return act();
    },
  } as Slots;
  await execute(work, { slots });
  const { run, order, errors, sessions } = await onRecord(work);
  expect(order.step).toBe('applying');
  expect(run).toMatchObject({ state: 'running', executor: null, leg: 1 });
  expect([errors, sessions]).toEqual([[], []]);
});

test('R-PIPE-1: a step that repeatedly kills its process is put before a person, and not started again', async () => {
  const { work, model } = await ground();
  await updateRun(work.database.query, work.run.id, { starts: work.settings.startsMax });
  await execute(work);
  expect((await onRecord(work)).run).toMatchObject({ state: 'ended', outcome: 'TAKE_UPS_EXHAUSTED' });
  expect(await questionsOf(work)).toMatchObject([{ code: 'TAKE_UPS_EXHAUSTED' }]);
  expect(model.prompts).toEqual([]);
});

test('R-PIPE-12: work that spends money without progress is parked', async () => {
  const { work } = await ground();
  await addToCounters(work.database.query, work.order.id, { modelCalls: 101 });
  await execute(work);
  expect((await onRecord(work)).order).toMatchObject({ status: 'needs_review', parkedAt: expect.any(Date) });
});

test('if another process takes the run over in the middle of a step, this one writes nothing more, and does not fail', async () => {
  const { work } = await ground({ onAsk: loseFence });
  await execute(work);
  const { order, run, results, errors } = await onRecord(work);
  expect(order).toMatchObject({ status: 'in_progress', step: 'generating' });
  expect(run).toMatchObject({ state: 'running', executor: 'another' });
  expect([results, errors]).toEqual([['routing.0', 'preparing.0'], []]);
});

test('R-FAIL-1: a bug is a recorded failure with a code, and a person is asked', async () => {
  const { work } = await ground({ answers: [new RangeError('a defect') as unknown as Answer] });
  await execute(work);
  const { order, errors } = await onRecord(work);
  expect(order).toMatchObject({ status: 'failed', failure: { code: 'UNEXPECTED' } });
  expect(errors).toMatchObject([{ errorType: 'UNEXPECTED', step: 'generating' }]);
  expect(await questionsOf(work)).toMatchObject([{ code: 'UNEXPECTED', status: 'open' }]);
});

test('if Moose stops, the run is left as it is for the next process', async () => {
  const stopped = new AbortController();
  const { work } = await ground({ onAsk: () => stopped.abort(new Error('Moose stops')) });
  await expect(execute(work, { signal: stopped.signal })).rejects.toThrow();
  const { order, errors } = await onRecord(work);
  expect(order).toMatchObject({ status: 'in_progress', step: 'generating' });
  expect(errors).toEqual([]);
  await execute(work);
  expect((await onRecord(work)).order.status).toBe('completed');
});

test('R-PIPE-9: an undo reverts everything, and does not continue the work', async () => {
  const { work, repository, routed } = await atStep(shared(), 'verifying');
  await updateRun(work.database.query, work.run.id, { kind: 'undo' });
  await execute(work);
  const { order, effects } = await onRecord(work);
  expect(order).toMatchObject({ status: 'cancelled' });
  expect(effects.every((effect) => effect.endsWith('undone'))).toBe(true);
  expect(repository.git('branch', '--list', routed.branch)).toBe('');
});
