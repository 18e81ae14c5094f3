import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { PermanentError } from '../../domain/failure.ts';
import type { LearningMode } from '../../domain/learning/learning-mode.ts';
import { findLearner, learnerEventsOf, lockLearner, saveLearner } from '../../store/work/learners.ts';
import { theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import { nameOf, type OfferedArm } from '../learner/arm-question.ts';
import { recordOf } from '../learner/known-arms.fixture.ts';
import { currentTry, tellLearner } from '../learner/tell-learner.ts';
import type { RoutingResult } from '../run/step-results.ts';
import type { StepEnd } from '../run/work.ts';
import { armOf } from './arms-on-offer.ts';
import { failed } from './failed-step.ts';
import { nextArm } from './next-arm.ts';
import { questionsOf } from './on-record.fixture.ts';
import { routing } from './routing.ts';
import { atStep, type Ground, takenUpAgain } from './scratch-pipeline.fixture.ts';
import { scriptedModel } from './scripted-model.fixture.ts';
import { advance, refine } from './step-ends.ts';

const shared = sharedDatabase();
const names = ['p/light', 'p/standard', 'p/strong'];
const models = names.map((name) => scriptedModel(name));
const ladder = { models: { light: ['p/light'], standard: ['p/standard'], strong: ['p/strong'] } };
type ScratchWork = Ground['work'];

const isHeldOut = ({ order }: ScratchWork) =>
  createHash('sha256').update(`hold-out ${order.id}`).digest().readUInt32BE(0) / 2 ** 32 < 0.1;

/** A work order at routing whose project has seen these shares of passes, 30 outcomes for each of the three models. */
async function ground(
  learning: LearningMode | undefined,
  passed: readonly number[] | null = [0, 0.2, 1],
  diesAt?: string,
): Promise<ScratchWork> {
  const given = { models, settings: ladder, ...(diesAt ? { diesAt } : {}) };
  const { work } = await atStep(shared(), 'routing', given);
  if (isHeldOut(work)) return ground(learning, passed, diesAt);
  if (learning !== undefined) work.project.settings = { ...work.project.settings, learning };
  const settings = JSON.stringify(work.project.settings);
  await work.database.query
    .updateTable('projects')
    .set({ settings })
    .where('id', '=', work.project.id)
    .execute();
  if (passed !== null) {
    const agent = work.agents.get('scripted');
    if (!agent) throw new Error('There is no agent');
    const seen = names.map((name, index) => ({
      ...{ arm: armOf(work, agent, name), outcomes: 30, passed: passed[index] ?? 0 },
    }));
    await work.database.transaction(async (query) => {
      const { projectId } = await lockLearner(query, work.project.id);
      await saveLearner(query, { projectId, state: recordOf(seen), events: 0n });
    });
  }
  work.order.title = 'Fix the parser';
  await work.database.query
    .updateTable('workOrders')
    .set({ title: work.order.title })
    .where('id', '=', work.order.id)
    .execute();
  return work;
}

const choices = ({ database, order }: ScratchWork) =>
  database.query
    .selectFrom('decisionLogs')
    .selectAll()
    .where('workOrderId', '=', order.id)
    .where('try', 'is not', null)
    .orderBy('try')
    .execute();

async function routed(
  work: ScratchWork,
): Promise<{ end: Extract<StepEnd, { end: 'done' }>; result: RoutingResult }> {
  const end = await routing(work);
  if (end.end !== 'done') throw new Error(`It ended as ${end.end}`);
  return { end, result: end.result as RoutingResult };
}

test('R-LRN-4, R-LRN-5: a shadow changes nothing, and logs what it would have chosen', async () => {
  const plain = await routed(await ground('off'));
  const work = await ground(undefined);
  const { end, result } = await routed(work);
  expect({ models: result.models, agent: result.agent, tier: result.tier }).toEqual({
    ...{ models: plain.result.models, agent: plain.result.agent, tier: plain.result.tier },
  });
  await advance(work, 'routing', end, new Date());
  const [row, ...others] = await choices(work);
  expect(others).toEqual([]);
  expect(row).toMatchObject({
    ...{ kind: 'routing', try: 1, mode: 'shadow', policy: 'static', isHeldOut: false, runId: work.run.id },
    features: { is_base_red: false, is_risky: false, hard_stop_words: [], value_usd: 10 },
  });
  expect(row?.arm).toBe(row?.staticArm);
  expect(row?.learnedArm).toMatch(/^scripted:p\/\w+#\w{6}$/);
  expect(((row?.candidates ?? []) as OfferedArm[]).map(({ model }) => model)).toEqual(names);
  expect(Object.values(row?.propensities ?? {}).reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 6);
  expect(row?.priceVersion).not.toBe('');
});

test('a project that does not learn logs no choice', async () => {
  const work = await ground('off');
  await advance(work, 'routing', (await routed(work)).end, new Date());
  expect(await choices(work)).toEqual([]);
  expect(await currentTry(work.database.query, work.order.id)).toBeUndefined();
});

test('R-LRN-4: what was learned chooses the model; the others stay for faults of its provider', async () => {
  const firsts: string[] = [];
  for (let index = 0; index < 8; index += 1) {
    const work = await ground('on');
    const { end, result } = await routed(work);
    await advance(work, 'routing', end, new Date());
    const [row] = await choices(work);
    expect(row).toMatchObject({ mode: 'on', policy: 'learned', arm: row?.learnedArm });
    const [first = '', ...others] = result.models;
    expect(row?.arm).toContain(`:${first}#`);
    expect(others).toEqual(names.filter((name) => name !== first));
    firsts.push(first);
  }
  // It passes all, at the same price; the static rule never begins with it.
  expect(firsts).toContain('p/strong');
});

test('R-LRN-4: limits hold above what was learned: a hard stop keeps its models, a person keeps theirs', async () => {
  const work = await ground('on', [1, 1, 0.5]);
  work.order.title = 'Change the payment of invoices';
  expect((await routed(work)).result.models).toEqual(['p/strong']);
  const chosen = await ground('on');
  chosen.order.settings = { model: 'p/light' };
  expect((await routed(chosen)).result.models).toEqual(['p/light']);
});

test('R-LRN-1: fear: a decision log that refuses rows stops the work', async () => {
  const work = await ground('on');
  const { query } = work.database;
  const { end } = await routed(work);
  await sql`alter table decision_logs add constraint refused check (try is null) not valid`.execute(query);
  await sql`alter table learner_events add constraint refused check (try is not null) not valid`.execute(
    query,
  );
  try {
    // A new price makes an event too.
    await sql`update learners set state = jsonb_set(state, '{prices}', '{}') where project_id = ${work.project.id}`.execute(
      query,
    );
    await advance(work, 'routing', end, new Date());
  } finally {
    await sql`alter table decision_logs drop constraint refused`.execute(query);
    await sql`alter table learner_events drop constraint refused`.execute(query);
  }
  expect(await theWorkOrder(work.database, work.order.id)).toMatchObject({ step: 'preparing' });
  const errors = await query
    .selectFrom('errorEvents')
    .select('errorType')
    .where('workOrderId', '=', work.order.id)
    .execute();
  expect(errors.map(({ errorType }) => errorType).sort()).toEqual([
    'DECISION_NOT_LOGGED',
    'PRICES_NOT_LEARNED',
  ]);
});

test('fear: a process that dies between the choice and the call chooses twice, or loses the choice', async () => {
  const work = await ground('on');
  await routed(work);
  expect(await choices(work)).toEqual([]);
  const again = await takenUpAgain(work);
  const { end, result } = await routed(again);
  await advance(again, 'routing', end, new Date());
  // The answer to the commit was lost.
  await again.database.transaction(async (query) => end.also?.(query));
  expect(await choices(work)).toMatchObject([
    { try: 1, arm: expect.stringContaining(result.models[0] ?? '?') },
  ]);
});

test('R-LRN-4: work that is not worth its cost becomes a question with costed options, once', async () => {
  const work = await ground('on', [0, 0, 0], 'routing:declined');
  work.settings = { ...work.settings, finishedValueNanoUsd: 1n };
  await expect(routing(work)).rejects.toMatchObject({ name: 'AbortError' });
  const again = await takenUpAgain(work, { settings: work.settings });
  const declined = await routing(again).catch((cause: unknown) => cause);
  expect(declined).toMatchObject({ code: 'WORK_NOT_WORTH_ITS_COST' });
  expect(await choices(work)).toMatchObject([{ try: 1, arm: null, policy: 'learned' }]);
  expect(await failed(again, 'routing', declined)).toBe('stop');
  const [question] = await questionsOf(work);
  expect(question).toMatchObject({ code: 'WORK_NOT_WORTH_ITS_COST', status: 'open' });
  expect(((question?.options ?? []) as { kind: string }[]).length).toBeGreaterThan(1);
  const reservations = work.database.query
    .selectFrom('costTracking')
    .select('id')
    .where('workOrderId', '=', work.order.id);
  expect(await reservations.execute()).toEqual([]);
});

const checkFailed = (message: string) =>
  new PermanentError({
    ...{
      code: 'CHECK_FAILED',
      component: 'pipeline',
      operation: 'verify',
      message,
      failureClass: 'test_fail',
      advice: 'Look.',
    },
  });

/** Takes the work order from routing to a red check, as the steps between would. */
async function toRedCheck(given: ScratchWork, word: string): Promise<ScratchWork> {
  let work = given;
  const order = await theWorkOrder(work.database, work.order.id);
  if (order.step === 'routing') await advance(work, 'routing', (await routed(work)).end, new Date());
  work = await takenUpAgain(work);
  for (const step of ['preparing', 'generating', 'applying'] as const) {
    const { step: now } = await theWorkOrder(work.database, work.order.id);
    if (now !== step) continue;
    const models = work.run.settings.models;
    const result = step === 'generating' && models ? { model: models[0] } : {};
    await advance(work, step, { end: 'done', result }, new Date());
    work = await takenUpAgain(work);
  }
  const failure = checkFailed(word);
  const result = {
    feedback: { summary: word, output: word, failureClass: 'test_fail', tried: null },
    treeSha: word,
    checks: [],
  };
  await refine(work, 'verifying', { end: 'refine', result, failure }, new Date());
  return takenUpAgain(work).catch(() => work);
}

test('R-LRN-4: after a verified failure it goes on to another arm, at most three, and learns from each', async () => {
  let work = await ground('on', [0.5, 0.6, 0.9]);
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
  const work = await ground('on');
  await advance(work, 'routing', (await routed(work)).end, new Date());
  const at = await takenUpAgain(work);
  const failure = new PermanentError({
    ...{ code: 'REVIEW_REQUESTS_CHANGES', component: 'pipeline', operation: 'review', message: 'It is odd.' },
    advice: 'Look.',
  });
  expect(await at.database.transaction((query) => nextArm(query, at, failure))).toBeNull();
});

test('the whole loop: an outcome that is told changes what the next work order is given to', async () => {
  const work = await ground('on', [0.9, 0.9, 0.9]);
  await advance(work, 'routing', (await routed(work)).end, new Date());
  const tried = await currentTry(work.database.query, work.order.id);
  expect(tried).toMatchObject({ try: 1, arm: expect.stringContaining('scripted:') });
  expect(
    await work.database.transaction(
      async (query) => tried && tellLearner(query, { ...tried, status: 'success' }),
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
    nameOf(armOf(work, work.agents.get('scripted') as never, (tried?.arm ?? '').split(/[:#]/)[1] ?? '')),
  );
});
