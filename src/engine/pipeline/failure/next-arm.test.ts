import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { PermanentError } from '../../../domain/failure.ts';
import { readArmName } from '../../../domain/learning/arm-name.ts';
import { findLearner, learnerEventsOf, reasonsOfChoices } from '../../../store/work/learning/learners.ts';
import { stepResult } from '../../../store/work/runs/step-results.fixture.ts';
import { theWorkOrder } from '../../../store/work/scratch-rows.fixture.ts';
import { nameOf } from '../../learner/arm-question.ts';
import { currentTry, reportToLearner } from '../../learner/report-to-learner.ts';
import { advance, refine } from '../execute-run.ts';
import { choices, ground, routed, type ScratchWork } from '../learned-ground.fixture.ts';
import { questionsOf } from '../on-record.fixture.ts';
import { armOf } from '../routing/arms-on-offer.ts';
import { claimedAgain, decided } from '../scratch-pipeline.fixture.ts';
import { nextArm } from './next-arm.ts';

const shared = sharedDatabase();

const checkFailed = (message: string) =>
  new PermanentError({
    code: 'CHECK_FAILED',
    component: 'pipeline',
    operation: 'verify',
    message,
    failureClass: 'test_fail',
    advice: 'Look.',
  });

/** Takes the work order from routing to a red check, as the steps in between would. */
async function toRedCheck(given: ScratchWork, word: string): Promise<ScratchWork> {
  let work = given;
  const order = await theWorkOrder(work.database, work.order.id);
  if (order.step === 'routing') await advance(work, 'routing', (await routed(work)).end, new Date());
  work = await claimedAgain(work);
  for (const step of ['preparing', 'generating', 'applying'] as const) {
    const { step: now } = await theWorkOrder(work.database, work.order.id);
    if (now !== step) continue;
    const { arm } = (await choices(work)).at(-1) ?? {};
    const { model } = readArmName(arm ?? '');
    const result = stepResult(step, step === 'generating' ? { model } : {});
    await advance(work, step, { end: 'done', result }, new Date());
    work = await claimedAgain(work);
  }
  const failure = checkFailed(word);
  const result = {
    feedback: { summary: word, output: word, failureClass: 'test_fail', tried: null },
    treeSha: word,
    checks: [],
    isVerified: false,
  };
  await decided(refine, work, 'verifying', { end: 'refine', result, failure }, new Date());
  return claimedAgain(work).catch(() => work);
}

test('R-LRN-4: after a verified failure it goes on to another arm, at most three, and learns from each', async () => {
  let work = await ground(shared(), 'on', [0.5, 0.6, 0.9]);
  work.settings = { ...work.settings, finishedValueNanoUsd: 1_000_000_000_000n };
  const seen = await findLearner(work.database.query, work.project.id);
  const used: string[] = [];
  for (const word of ['The test one fails.', 'The test two fails.', 'The test three fails.']) {
    work = await toRedCheck(work, word);
    used.push(...(await choices(work)).slice(used.length).map(({ arm }) => arm ?? '-'));
  }
  expect(new Set(used).size).toBe(3);
  expect(used).toHaveLength(3);
  const events = await learnerEventsOf(work.database.query, work.order.id);
  expect(events.map(({ event, try: number, arm }) => [event, number, arm])).toEqual(
    used.map((arm, index) => ['failure', index + 1, arm]),
  );
  const outcomes = await work.database.query
    .selectFrom('outcomeVectors')
    .select(['try', 'arm', 'success', 'runId'])
    .where('workOrderId', '=', work.order.id)
    .orderBy('try')
    .execute();
  expect(outcomes).toEqual(
    used.map((arm, index) => ({ try: index + 1, arm, success: false, runId: work.run.id })),
  );
  expect((await findLearner(work.database.query, work.project.id))?.events).toBeGreaterThan(
    seen?.events ?? 0n,
  );
  expect(await theWorkOrder(work.database, work.order.id)).toMatchObject({ status: 'failed' });
  const [question] = await questionsOf(work);
  expect(question?.context).toMatchObject({
    because: expect.stringContaining('three models or agents were tried'),
  });
});

test('R-LRN-4: fear: what is learned is asked about a failure that no check has seen', async () => {
  const work = await ground(shared(), 'on');
  await advance(work, 'routing', (await routed(work)).end, new Date());
  const at = await claimedAgain(work);
  const failure = new PermanentError({
    code: 'REVIEW_REQUESTS_CHANGES',
    component: 'pipeline',
    operation: 'review',
    message: 'It is odd.',
    advice: 'Look.',
  });
  expect(await at.database.transaction((query) => nextArm(query, at, failure))).toBeNull();
  const reasons = await reasonsOfChoices(at.database.query, [at.order.id]);
  expect(reasons.get(at.order.id)).toMatch(/^Chosen by the learned policy: /);
});

test('the whole loop: an outcome that is told changes what the next work order is given to', async () => {
  const work = await ground(shared(), 'on', [0.9, 0.9, 0.9]);
  await advance(work, 'routing', (await routed(work)).end, new Date());
  const tried = await currentTry(work.database.query, work.order.id);
  expect(tried).toMatchObject({ try: 1, arm: expect.stringContaining('scripted:') });
  expect(
    await work.database.transaction(
      async (query) => tried && reportToLearner(query, { ...tried, status: 'success' }),
    ),
  ).toBe(true);
  const [event] = await learnerEventsOf(work.database.query, work.order.id);
  expect(event).toMatchObject({
    event: 'success',
    arm: tried?.arm,
    kind: 'bug_fix',
    task: { tried: [{ passed: true }] },
  });
  expect(tried?.arm).toBe(
    nameOf(armOf(work, work.agents.get('scripted') as never, readArmName(tried?.arm ?? '').model)),
  );
});

test('R-BUD-1: fear: a failed try is followed by an arm that costs more than the work order may still spend', async () => {
  let work = await ground(shared(), 'on', [0.5, 0.6, 0.9]);
  work.settings = { ...work.settings, finishedValueNanoUsd: 1_000_000_000_000n };
  await advance(work, 'routing', (await routed(work)).end, new Date());
  const poor = { limitNanoUsd: 1n };
  await work.database.query.updateTable('workOrders').set(poor).where('id', '=', work.order.id).execute();
  work = await toRedCheck(work, 'It fails.');
  // Only the static rule's arm may follow, because it needs no extra budget.
  const [{ arm: first, staticArm } = {}, ...later] = await choices(work);
  expect(later.filter(({ arm }) => arm !== first && arm !== staticArm)).toEqual([]);
});

test('R-LRN-4: fear: a state that cannot be read ends a run that has cycles left', async () => {
  let work = await ground(shared(), 'on', [0.5, 0.6, 0.9]);
  work.settings = { ...work.settings, finishedValueNanoUsd: 1_000_000_000_000n };
  await advance(work, 'routing', (await routed(work)).end, new Date());
  await sql`update learners set state = jsonb_set(state, '{learner,arms}', '{}')
    where project_id = ${work.project.id}`.execute(work.database.query);
  work = await toRedCheck(work, 'It fails.');
  expect(await theWorkOrder(work.database, work.order.id)).toMatchObject({
    status: 'in_progress',
    step: 'generating',
  });
  expect(await choices(work)).toHaveLength(1);
});
