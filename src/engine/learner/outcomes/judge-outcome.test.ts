import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { newId, type RunId } from '../../../domain/ids.ts';
import { systemClock } from '../../../stdx/clock.ts';
import { saveStepResult } from '../../../store/work/runs/runs.ts';
import { checkResult, stepResult } from '../../../store/work/runs/step-results.fixture.ts';
import { aWorkOrderAtWork, type Scratch, theWorkOrder } from '../../../store/work/scratch-rows.fixture.ts';
import { judgeOutcome, type Verdict } from './judge-outcome.ts';
import { type RunOutcome, recordOutcome } from './record-outcome.ts';

const shared = sharedDatabase();

const published: RunOutcome = {
  success: true,
  judgedBy: 'checks',
  failureClass: null,
  errorContext: null,
  fault: null,
};

async function published1(outcome: RunOutcome = published) {
  const scratch = await aWorkOrderAtWork(shared(), { step: 'tracking' });
  await leaveResults(scratch);
  await record(scratch, outcome);
  return scratch;
}

async function leaveResults({ workOrderId, runId }: Scratch) {
  const { query } = shared();
  const owner = { workOrderId, runId, cycle: 0, startedAt: new Date() };
  const steps = {
    routing: stepResult('routing', {
      complexity: 0.4,
      tier: 'standard',
      hardStopWords: ['auth'],
      pathCount: 40,
      language: 'Go',
    }),
    generating: stepResult('generating', { model: 'a/one' }),
    applying: stepResult('applying', { changedFiles: 3 }),
    verifying: stepResult('verifying', { checks: [checkResult({ redBefore: ['old.test'] })] }),
  };
  for (const step of ['routing', 'generating', 'applying', 'verifying'] as const)
    await saveStepResult(query, { ...owner, step, result: steps[step] });
}

async function record({ workOrderId, runId }: Scratch, outcome: RunOutcome) {
  const database = shared();
  const order = await theWorkOrder(database, workOrderId);
  const run = await database.query
    .selectFrom('runs')
    .selectAll()
    .where('id', '=', runId)
    .executeTakeFirstOrThrow();
  const attempted = { order, run, now: systemClock.now(), defaultAgent: 'patch' };
  await database.transaction((query) => recordOutcome(query, attempted, outcome));
}

/** Another run of the same work order, from this step on. */
async function again(scratch: Scratch, firstStep: 'generating' | 'verifying', outcome: RunOutcome) {
  const runId = newId<RunId>(new Date());
  const { query } = shared();
  await query.updateTable('runs').set({ state: 'ended' }).where('id', '=', scratch.runId).execute();
  await query
    .insertInto('runs')
    .values({ id: runId, workOrderId: scratch.workOrderId, number: 2, kind: 'work', firstStep })
    .execute();
  await record({ ...scratch, runId }, outcome);
  return { ...scratch, runId };
}

const outcomesOf = ({ workOrderId }: Scratch) =>
  shared()
    .query.selectFrom('outcomeVectors')
    .selectAll()
    .where('workOrderId', '=', workOrderId)
    .orderBy('createdAt')
    .execute();

const judge = (scratch: Scratch, verdict: Verdict) =>
  shared().transaction((query) => judgeOutcome(query, scratch.workOrderId, verdict));

const at = new Date();
const fell = (by: 'ci' | 'close' | 'undo' | 'revert', failureClass = 'test_fail' as const): Verdict => ({
  by,
  holds: false,
  at,
  failureClass,
  errorContext: { code: by },
});
const held = (by: 'ci' | 'merge'): Verdict => ({ by, holds: true, at });

test('R-LRN-2: an outcome has its features, what judged it, and whether it counts; a second one of the run changes nothing', async () => {
  const scratch = await published1();
  await record(scratch, { ...published, success: false, fault: 'work' });
  expect(await outcomesOf(scratch)).toMatchObject([
    {
      success: true,
      judgedBy: 'checks',
      isAttempt: true,
      try: 1,
      model: 'a/one',
      agent: 'patch',
      counts: true,
      countsBecause: 'its checks verified the change',
      features: {
        kind: 'other',
        language: 'Go',
        repositoryFiles: 40,
        textChars: 7,
        filesTouched: 3,
        hardStopWords: ['auth'],
        isBaseRed: true,
      },
    },
  ]);
});

test('R-LRN-2: closed, opened again and merged, and reverted: each corrects the outcome once', async () => {
  const scratch = await published1();
  expect(await judge(scratch, fell('close'))).toBe(true);
  expect(await judge(scratch, fell('close'))).toBe(false);
  expect(await outcomesOf(scratch)).toMatchObject([
    { success: false, judgedBy: 'close', fault: 'work', failureClass: 'test_fail', counts: true },
  ]);
  expect(await judge(scratch, held('merge'))).toBe(true);
  expect(await judge(scratch, held('merge'))).toBe(false);
  expect(await outcomesOf(scratch)).toMatchObject([
    { success: true, judgedBy: 'merge', fault: null, failureClass: null, errorContext: null },
  ]);
  expect(await judge(scratch, fell('revert'))).toBe(true);
  expect(await outcomesOf(scratch)).toMatchObject([
    { success: false, judgedBy: 'revert', errorContext: { code: 'revert' } },
  ]);
});

test('fear: events come out of order, and a late close or a late green undoes what is known better', async () => {
  const merged = await published1();
  await judge(merged, held('merge'));
  expect(await judge(merged, fell('close'))).toBe(false);
  expect(await judge(merged, fell('ci'))).toBe(false);
  expect(await outcomesOf(merged)).toMatchObject([{ success: true, judgedBy: 'merge' }]);
  const reverted = await published1();
  await judge(reverted, fell('revert'));
  expect(await judge(reverted, held('merge'))).toBe(false);
  expect(await outcomesOf(reverted)).toMatchObject([{ success: false, judgedBy: 'revert' }]);
});

test('two processes judge at once: one after the other, with the same result', async () => {
  const scratch = await published1();
  const verdicts = [fell('close'), held('merge'), fell('close'), held('merge'), held('ci')];
  await Promise.all(verdicts.map((verdict) => judge(scratch, verdict)));
  expect(await outcomesOf(scratch)).toMatchObject([{ success: true, judgedBy: 'merge' }]);
});

test('R-REC-6: a red CI whose machine lacks something does not count against the model', async () => {
  const scratch = await published1();
  await judge(scratch, fell('ci', 'dependency_missing' as never));
  expect(await outcomesOf(scratch)).toMatchObject([
    { success: false, judgedBy: 'ci', fault: 'setting', counts: false },
  ]);
});

test('R-LRN-2: what nothing has verified counts only once it is merged', async () => {
  const scratch = await published1({ ...published, judgedBy: 'nothing' });
  expect(await outcomesOf(scratch)).toMatchObject([
    { success: true, judgedBy: 'nothing', counts: false, countsBecause: 'nothing has verified the change' },
  ]);
  await judge(scratch, held('merge'));
  expect(await outcomesOf(scratch)).toMatchObject([{ success: true, counts: true }]);
});

test('R-LRN-2: a run that goes on with a judged change is no second attempt, and a merge judges the attempt', async () => {
  const first = await published1();
  const second = await again(first, 'verifying', published);
  expect(await outcomesOf(first)).toMatchObject([
    { isAttempt: true, counts: true },
    { isAttempt: false, counts: false, countsBecause: 'it continues a change that was judged before' },
  ]);
  await judge(second, held('merge'));
  expect(await outcomesOf(first)).toMatchObject([{ judgedBy: 'merge' }, { judgedBy: 'checks' }]);
});

test('R-LRN-2: after a fault of the environment, the run that goes on carries the verdict', async () => {
  const failed: RunOutcome = {
    success: false,
    failureClass: 'dependency_missing',
    errorContext: null,
    fault: 'setting',
  };
  const first = await published1(failed);
  await again(first, 'verifying', published);
  expect(await outcomesOf(first)).toMatchObject([
    { counts: false, judgedBy: 'run' },
    { counts: true, isAttempt: true },
  ]);
});

test('a failed attempt was never published, so nothing judges it later; rows of older versions are judged', async () => {
  const failed: RunOutcome = { success: false, failureClass: 'test_fail', errorContext: null, fault: 'work' };
  const scratch = await published1(failed);
  expect(await judge(scratch, held('merge'))).toBe(false);
  const old = await published1();
  await sql`update outcome_vectors set judged_by = null, counts = null, counts_because = null
    where run_id = ${old.runId}`.execute(shared().query);
  expect(await judge(old, fell('revert'))).toBe(true);
});

test('R-LRN-4: the learned policy is told what came of its choice, and later that it did not hold, each once', async () => {
  const { query } = shared();
  const scratch = await aWorkOrderAtWork(shared(), { step: 'tracking', repositoryPath: `/srv/${newId(at)}` });
  await query
    .insertInto('decisionLogs')
    .values({
      id: newId(at),
      workOrderId: scratch.workOrderId,
      kind: 'routing',
      agentType: 'manager',
      inputContext: '{}',
      decisionOutput: '{}',
      runId: scratch.runId,
      try: 1,
      mode: 'on',
      policy: 'learned',
      isHeldOut: false,
      arm: 'patch:a/one#1',
      learnedArm: 'patch:a/one#1',
      staticArm: 'patch:a/one#1',
      propensities: '{"patch:a/one#1":1}',
      candidates: '[]',
      features: '{}',
      priceVersion: '1',
    })
    .execute();
  await leaveResults(scratch);
  await record(scratch, published);
  await record(scratch, published);
  for (const verdict of [held('ci'), fell('close'), fell('close'), held('merge')])
    await judge(scratch, verdict);
  const events = await query
    .selectFrom('learnerEvents')
    .select(['event', 'arm', 'try'])
    .where('workOrderId', '=', scratch.workOrderId)
    .orderBy('ordinal')
    .execute();
  expect(events.map(({ event }) => event)).toEqual(['success', 'did_not_hold', 'held_after_all']);
  expect(events[0]).toMatchObject({ arm: 'patch:a/one#1', try: 1 });
  expect(await outcomesOf(scratch)).toMatchObject([{ arm: 'patch:a/one#1', try: 1 }]);
});
