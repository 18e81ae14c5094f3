import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { type FailureClass, PermanentError, TransientError } from '../../domain/failure.ts';
import { heavySteps, type RunStep, runSteps } from '../../domain/transitions.ts';
import { toJson } from '../../store/storable.ts';
import { addToCounters, updateRun } from '../../store/work/runs/runs.ts';
import { stepResult } from '../../store/work/runs/step-results.fixture.ts';
import { recordFailure } from '../errors/record-failure.ts';
import { joinOutage } from '../recovery/outage.ts';
import type { StepEnd, Work } from '../run/work.ts';
import { advance, refine } from './execute-run.ts';
import { decisionsOn, factsOf, onRecord, questionsOf } from './on-record.fixture.ts';
import { claimedAgain, decided, loseFence, retriedBefore, rowsAt } from './scratch-pipeline.fixture.ts';

const shared = sharedDatabase();

type Refine = Extract<StepEnd<'verifying'>, { end: 'refine' }>;

type Done<S extends RunStep> = Extract<StepEnd<S>, { end: 'done' }>;

const doneAt = <S extends RunStep>(step: S, given: Partial<Done<S>> = {}): Done<S> => ({
  end: 'done',
  result: stepResult(step),
  ...given,
});

const cent = 10_000_000n;

let failures = 0;
/** A failure whose message differs from all others, unless `same`. */
function refused(given: { failureClass?: FailureClass; same?: boolean } = {}): Refine {
  const { failureClass = 'test_fail', same = false } = given;
  const message = same
    ? 'The test a fails.'
    : `The test number-${['one', 'two', 'three'][failures++ % 3]} fails.`;
  const failure = new PermanentError({
    code: 'CHECK_FAILED',
    component: 'pipeline',
    operation: 'verify',
    message,
    failureClass,
    advice: 'Look.',
  });
  const feedback = { summary: message, output: message, failureClass, tried: null };
  return {
    end: 'refine',
    result: { feedback, treeSha: `${failures}`, checks: [], isVerified: false },
    failure,
  };
}

test('R-PIPE-1: result, facts, new columns and the next step are written together', async () => {
  const work = await rowsAt(shared(), 'applying');
  let isCommittedTogether = false;
  const also = async () => {
    isCommittedTogether = !(await onRecord(work)).results.includes('applying.0');
  };
  await advance(
    work,
    'applying',
    doneAt('applying', { also, facts: ['tree:1'], learned: { branch: 'moose/x' } }),
    new Date(),
  );
  const found = await onRecord(work);
  expect(found.order).toMatchObject({ step: 'verifying', stepState: 'running', branch: 'moose/x' });
  expect(found.results).toEqual(['applying.0']);
  expect(found.kinds).toEqual(expect.arrayContaining(['step.finished', 'progress']));
  expect(isCommittedTogether).toBe(true);
});

test('R-PIPE-1, fear: the rows of a result are rejected, and the next step starts without them', async () => {
  const work = await rowsAt(shared(), 'applying');
  const before = await onRecord(work);
  const also = () => Promise.reject(new Error('refused'));
  await expect(
    advance(work, 'applying', doneAt('applying', { also, facts: ['tree:1'] }), new Date()),
  ).rejects.toThrow('refused');
  expect(await onRecord(work)).toEqual(before);
});

test.each(runSteps.slice(0, -1))(
  'R-PIPE-1: a finished step is not started again: %s is followed by the next step, with its own attempts',
  async (step) => {
    const work = await rowsAt(shared(), step);
    await updateRun(work.database.query, work.run.id, {
      stepAttempt: 2,
      pauses: 1,
      starts: 7,
      waitingFor: 'x',
    });
    await advance(work, step, doneAt(step), new Date());
    const { order, run } = await onRecord(work);
    expect(order.step).toBe(runSteps[runSteps.indexOf(step) + 1]);
    // A heavy step is counted when it gets its slot.
    const isHeavy = order.step !== null && heavySteps.includes(order.step);
    expect(run).toMatchObject({ stepAttempt: 0, pauses: 0, waitingFor: null, starts: isHeavy ? 0 : 1 });
  },
);

test('a process that lost its run finishes no step', async () => {
  const work = await rowsAt(shared(), 'applying');
  await loseFence(work);
  const before = await onRecord(work);
  await expect(advance(work, 'applying', doneAt('applying'), new Date())).rejects.toMatchObject({
    code: 'FENCE_LOST',
  });
  await expect(
    decided(refine, work, 'applying', { ...refused(), result: stepResult('applying') }, new Date()),
  ).rejects.toMatchObject({ code: 'FENCE_LOST' });
  expect(await onRecord(work)).toEqual(before);
});

test('R-PIPE-1: if the answer of the commit is lost, the same end is written only once', async () => {
  const work = await rowsAt(shared(), 'applying');
  await advance(work, 'applying', doneAt('applying', { facts: ['tree:1'] }), new Date());
  await advance(
    work,
    'applying',
    doneAt('applying', { facts: ['tree:1'], result: stepResult('applying', { changedFiles: 2 }) }),
    new Date(),
  );
  const found = await onRecord(work);
  expect(found.results).toEqual(['applying.0']);
  expect(found.order.step).toBe('verifying');
  expect(await factsOf(work)).toEqual(['tree:1']);
  // However late the result of the old step arrives, the work order is not moved back.
  await advance(work, 'verifying', doneAt('verifying'), new Date());
  await advance(work, 'applying', doneAt('applying'), new Date());
  expect((await onRecord(work)).order.step).toBe('creating_pr');
});

test('R-PIPE-12: only a new fact is progress; the same fact again resets nothing', async () => {
  const work = await rowsAt(shared(), 'applying');
  const { query } = work.database;
  await addToCounters(query, work.order.id, { agentRuns: 3, modelCalls: 2, costNanoUsd: cent });
  await advance(work, 'applying', doneAt('applying', { facts: ['tree:1'] }), new Date());
  const atProgress = { agentRunsAtProgress: 3, modelCallsAtProgress: 2, costAtProgressNanoUsd: cent };
  expect((await onRecord(work)).order).toMatchObject({ ...atProgress, progressedAt: expect.any(Date) });
  await addToCounters(query, work.order.id, { agentRuns: 1 });
  const next = await claimedAgain(work);
  await advance(next, 'verifying', doneAt('verifying', { facts: ['tree:1'] }), new Date());
  expect((await onRecord(work)).order).toMatchObject({ ...atProgress, agentRuns: 4, step: 'creating_pr' });
});

test('R-REC-1: a successful step restores a little of its retry budget, and its failures count as recovered', async () => {
  const work = await rowsAt(shared(), 'applying');
  const { database, run, order } = work;
  const owner = {
    runId: run.id,
    workOrderId: order.id,
    step: 'applying',
    attempt: 1,
    strategy: 'retry',
  } as const;
  await recordFailure(database.query, refused().failure, owner);
  await recordFailure(database.query, refused().failure, { ...owner, step: 'verifying' });
  const spent = { ...order, retryBudget: { tokens: 50, retries: 5 } };
  await advance({ ...work, order: spent }, 'applying', doneAt('applying'), new Date());
  expect((await onRecord(work)).order.retryBudget).toEqual({ tokens: 51, retries: 5 });
  const rows = await database.query
    .selectFrom('errorEvents')
    .select(['step', 'recoverySuccess'])
    .where('workOrderId', '=', order.id)
    .orderBy('step')
    .execute();
  expect(rows).toEqual([
    { step: 'applying', recoverySuccess: true },
    { step: 'verifying', recoverySuccess: null },
  ]);
});

test('R-ESC-5: a work order that continues after an outage no longer waits for the answer', async () => {
  const work = await rowsAt(shared(), 'generating');
  const { database, run, order } = work;
  await database.transaction((query) =>
    joinOutage(query, { circuit: 'provider:p', order, failure: refused().failure }),
  );
  await updateRun(database.query, run.id, { pauses: 1 });
  await advance(await claimedAgain(work), 'generating', doneAt('generating'), new Date());
  const left = database.query
    .selectFrom('escalationMembers')
    .select('leftAt')
    .where('workOrderId', '=', order.id);
  expect(await left.execute()).toEqual([{ leftAt: expect.any(Date) }]);
});

test('R-PIPE-6, R-PIPE-15: a failed check starts another cycle: the cost counts as wasted, and the reason is recorded', async () => {
  const work = await rowsAt(shared(), 'verifying');
  await addToCounters(work.database.query, work.order.id, { costNanoUsd: cent });
  expect(await decided(refine, work, 'verifying', refused(), new Date())).toBe('go on');
  const found = await onRecord(work);
  expect(found.order).toMatchObject({
    step: 'generating',
    stepState: 'running',
    failureClass: 'test_fail',
    refinementCycles: 1,
    wastedNanoUsd: cent,
  });
  expect(found.run).toMatchObject({ cycle: 1, stepAttempt: 0, pauses: 0, starts: 1 });
  expect(found.errors).toMatchObject([
    { errorType: 'CHECK_FAILED', recoveryStrategy: 'refine', step: 'verifying' },
  ]);
  expect(await decisionsOn(work)).toMatchObject([
    {
      kind: 'refinement_cycle',
      input: { step: 'verifying', failureClass: 'test_fail' },
      output: { cycle: 1, of: 3 },
    },
  ]);
});

test('fear: after an answer of a person, the first cycle of the new run is called one of five', async () => {
  const work = await rowsAt(shared(), 'verifying');
  // Two cycles of an earlier run; the answer allowed three more.
  await addToCounters(work.database.query, work.order.id, { refinementCycles: 2 });
  const again = await claimedAgain(work);
  const order = { ...again.order, refinementCyclesMax: 5 };
  expect(await decided(refine, { ...again, order }, 'verifying', refused(), new Date())).toBe('go on');
  expect(await decisionsOn(work)).toMatchObject([{ output: { cycle: 1, of: 3 } }]);
});

test('R-PIPE-6: after three cycles a person is asked, and the attempts are exhausted, not failed', async () => {
  const work = await rowsAt(shared(), 'verifying');
  await addToCounters(work.database.query, work.order.id, { refinementCycles: 3 });
  const last = await claimedAgain(work);
  expect(await decided(refine, last, 'verifying', refused(), new Date())).toBe('stop');
  const found = await onRecord(work);
  expect(found.run).toMatchObject({ state: 'ended', outcome: 'CHECK_FAILED', cycle: 0 });
  expect(found.results).toContain('verifying.0');
  expect(found.order.changedBecause).toContain('3 refinement cycles did not help');
  expect(found.errors).toMatchObject([{ recoveryStrategy: 'escalate' }]);
  expect(await questionsOf(work)).toMatchObject([{ code: 'CHECK_FAILED', status: 'open' }]);
});

test('R-REC-9: another cycle that would fail like the previous ones is not paid for', async () => {
  const work = await rowsAt(shared(), 'verifying');
  const end = refused({ same: true });
  expect(await decided(refine, work, 'verifying', end, new Date())).toBe('go on');
  const { database, order } = work;
  const to = {
    step: 'applying',
    stepState: 'running',
    changedBy: 'moose:this',
    changedBecause: 'on',
  } as const;
  for (const step of ['applying', 'verifying'] as const)
    await database.query
      .updateTable('workOrders')
      .set({ ...to, step })
      .where('id', '=', order.id)
      .execute();
  // The second failure has the same tree and the same message.
  expect(await decided(refine, await claimedAgain(work), 'verifying', end, new Date())).toBe('stop');
  const found = await onRecord(work);
  expect(found.order).toMatchObject({ refinementCycles: 1 });
  expect(found.errors.map(({ recoveryStrategy }) => recoveryStrategy)).toEqual(['refine', 'escalate']);
});

test('R-REC-6: a check that was interrupted is retried, and uses up no cycle', async () => {
  const work = await rowsAt(shared(), 'verifying');
  const failure = new TransientError({
    code: 'CHECK_INTERRUPTED',
    component: 'pipeline',
    operation: 'verify',
    message: 'It was killed.',
  });
  expect(
    await decided(
      refine,
      await asRetried(work),
      'verifying',
      { end: 'refine', result: stepResult('verifying'), failure },
      new Date(),
    ),
  ).toBe('stop');
  const found = await onRecord(work);
  expect(found.order).toMatchObject({ step: 'verifying', stepState: 'retrying', refinementCycles: 0 });
  expect(found.run).toMatchObject({ cycle: 0, stepAttempt: 2 });
  expect(found.results).toEqual([]);
});

/** Brings the work to its second retry, which waits ten seconds and so belongs to the next leg. */
async function asRetried(work: Work): Promise<Work> {
  const retryBudget = toJson({ tokens: 100, retries: 1 });
  await work.database.query
    .updateTable('workOrders')
    .set({ retryBudget })
    .where('id', '=', work.order.id)
    .execute();
  await retriedBefore(work, 'CHECK_INTERRUPTED', 1);
  return claimedAgain(work);
}
