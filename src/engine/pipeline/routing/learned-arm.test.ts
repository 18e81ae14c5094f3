import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { theWorkOrder } from '../../../store/work/scratch-rows.fixture.ts';
import type { OfferedArm } from '../../learner/arm-question.ts';
import { currentTry } from '../../learner/report-to-learner.ts';
import { advance } from '../execute-run.ts';
import { failed } from '../failure/failed-step.ts';
import { choices, ground, names, routed } from '../learned-ground.fixture.ts';
import { questionsOf } from '../on-record.fixture.ts';
import { claimedAgain, decided } from '../scratch-pipeline.fixture.ts';
import { routing } from './routing.ts';

const shared = sharedDatabase();

test('R-LRN-4, R-LRN-5: a shadow changes nothing, and logs what it would have chosen', async () => {
  const plain = await routed(await ground(shared(), 'off'));
  const work = await ground(shared(), undefined);
  const { end, result } = await routed(work);
  expect({ models: result.models, agent: result.agent, tier: result.tier }).toEqual({
    models: plain.result.models,
    agent: plain.result.agent,
    tier: plain.result.tier,
  });
  await advance(work, 'routing', end, new Date());
  const [row, ...others] = await choices(work);
  expect(others).toEqual([]);
  expect(row).toMatchObject({
    kind: 'routing',
    try: 1,
    mode: 'shadow',
    policy: 'static',
    isHeldOut: false,
    runId: work.run.id,
    features: { is_base_red: false, is_risky: false, hard_stop_words: [], value_usd: 10 },
  });
  expect(row?.arm).toBe(row?.staticArm);
  expect(row?.learnedArm).toMatch(/^scripted:p\/\w+#\w{6}$/);
  expect(((row?.candidates ?? []) as OfferedArm[]).map(({ model }) => model)).toEqual(names);
  expect(Object.values(row?.propensities ?? {}).reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 6);
  expect(row?.priceVersion).not.toBe('');
});

test('a project that does not learn logs no choice', async () => {
  const work = await ground(shared(), 'off');
  await advance(work, 'routing', (await routed(work)).end, new Date());
  expect(await choices(work)).toEqual([]);
  expect(await currentTry(work.database.query, work.order.id)).toBeUndefined();
});

test('R-LRN-4: what was learned chooses the model; the others stay for faults of its provider', async () => {
  const firsts: string[] = [];
  for (let index = 0; index < 8; index += 1) {
    const work = await ground(shared(), 'on');
    const { end, result } = await routed(work);
    await advance(work, 'routing', end, new Date());
    const [row] = await choices(work);
    expect(row).toMatchObject({ mode: 'on', policy: 'learned', arm: row?.learnedArm });
    const [first = '', ...others] = result.models;
    expect(row?.arm).toContain(`:${first}#`);
    expect(others).toEqual(names.filter((name) => name !== first));
    firsts.push(first);
  }
  // It passes every task at the same price, but the static rule never starts with it.
  expect(firsts).toContain('p/strong');
});

test('R-LRN-4: limits hold above what was learned: a hard stop keeps its models, a person keeps theirs', async () => {
  const work = await ground(shared(), 'on', [1, 1, 0.5]);
  work.order.title = 'Change the payment of invoices';
  expect((await routed(work)).result.models).toEqual(['p/strong']);
  const chosen = await ground(shared(), 'on');
  chosen.order.settings = { model: 'p/light' };
  expect((await routed(chosen)).result.models).toEqual(['p/light']);
});

test('R-BUD-1: fear: an arm costs more than the limit that the project sets for each work order', async () => {
  const work = await ground(shared(), 'on');
  work.project.settings = { ...work.project.settings, work_order_limit_usd: 0.000_001 };
  await advance(work, 'routing', (await routed(work)).end, new Date());
  const [row] = await choices(work);
  expect(((row?.candidates ?? []) as OfferedArm[]).map(({ model }) => model)).toEqual(['p/light']);
});

test('R-LRN-1: fear: a decision log that refuses rows stops the work', async () => {
  const work = await ground(shared(), 'on');
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
  const work = await ground(shared(), 'on');
  await routed(work);
  expect(await choices(work)).toEqual([]);
  const again = await claimedAgain(work);
  const { end, result } = await routed(again);
  await advance(again, 'routing', end, new Date());
  // The answer to the commit was lost.
  await again.database.transaction(async (query) => end.also?.(query));
  expect(await choices(work)).toMatchObject([
    { try: 1, arm: expect.stringContaining(result.models[0] ?? '?') },
  ]);
});

test('R-LRN-4: work that is not worth its cost becomes a question with costed options, once', async () => {
  const work = await ground(shared(), 'on', [0, 0, 0], 'routing:declined');
  work.settings = { ...work.settings, finishedValueNanoUsd: 1n };
  await expect(routing(work)).rejects.toMatchObject({ name: 'AbortError' });
  const again = await claimedAgain(work, { settings: work.settings });
  const declined = await routing(again).catch((cause: unknown) => cause);
  expect(declined).toMatchObject({ code: 'WORK_NOT_WORTH_ITS_COST' });
  expect(await choices(work)).toMatchObject([{ try: 1, arm: null, policy: 'learned' }]);
  expect(await decided(failed, again, 'routing', declined)).toBe('stop');
  const [question] = await questionsOf(work);
  expect(question).toMatchObject({ code: 'WORK_NOT_WORTH_ITS_COST', status: 'open' });
  expect(((question?.options ?? []) as { kind: string }[]).length).toBeGreaterThan(1);
  const reservations = work.database.query
    .selectFrom('costTracking')
    .select('id')
    .where('workOrderId', '=', work.order.id);
  expect(await reservations.execute()).toEqual([]);
});

test('fear: a state that cannot be read stops the work', async () => {
  const work = await ground(shared(), 'on');
  const { query } = work.database;
  await sql`update learners set state = jsonb_set(state, '{learner,arms}', '{}') where project_id = ${work.project.id}`.execute(
    query,
  );
  expect((await routed(work)).result.models).toEqual(names);
  const errors = await query
    .selectFrom('errorEvents')
    .select('errorType')
    .where('workOrderId', '=', work.order.id)
    .execute();
  expect(errors).toEqual([{ errorType: 'LEARNER_CANNOT_CHOOSE' }]);
});
