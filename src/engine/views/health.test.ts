import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { ExternalServiceError, PermanentError } from '../../domain/failure.ts';
import { newId } from '../../domain/ids.ts';
import type { Step } from '../../domain/transitions.ts';
import type { Database } from '../../store/database.ts';
import { raiseAlert } from '../../store/failures/alerts.ts';
import { degrade } from '../../store/failures/degradations.ts';
import { insertErrorEvents } from '../../store/failures/error-events.ts';
import { openEscalation } from '../../store/failures/escalations.ts';
import { endForecast, raiseForecast } from '../../store/failures/forecasts.ts';
import { addSpec } from '../../store/work/plans/specs.ts';
import { beatSql } from '../../store/work/runs/executors.ts';
import { aWorkOrderAtWork } from '../../store/work/scratch-rows.fixture.ts';
import { insertDecision } from '../../store/work/work-orders/decisions.ts';
import { recordEvent } from '../../store/work/work-orders/work-orders.ts';
import { errorRow, recordFailure } from '../errors/record-failure.ts';
import { aLivingExecutor, hourMs, limits, workUnderWay } from '../watch/stuck.fixture.ts';
import { healthOf } from './health.ts';

const health = (database: Database, now = new Date(Date.now() + 1_000)) =>
  database.run((query) => healthOf(query, limits, now));
const failure = (code = 'MODEL_OVERLOADED') =>
  new PermanentError({ code, component: 'models', operation: 'generate', message: 'No' });

test('R-UI-3: a new Moose is idle, and its document has the documented fields', async () => {
  const database = await testDatabase();
  const found = await health(database);
  expect(found).toMatchObject({
    stuckWorkOrders: [],
    dailyBudget: {
      spent: 0,
      limit: 100,
      percentage: 0,
      status: 'normal',
      reservations: 0,
      pending_reservations: 0,
    },
    errorRate: { last_hour: 0, last_24h: 0, trend: 'steady' },
    escalationBacklog: { open: 0, avg_resolution_time_hours: null },
    circuits: [],
    alerts: [],
    degradations: [],
    pressure: [],
    executors: 0,
    forecasts: { open: [], precision: null, judged: 0, saved_usd: 0 },
  });
  expect(Object.keys(found.agentHealth)).toEqual([
    ...['architect', 'director', 'manager', 'proposers', 'orchestrator', 'sentinel', 'client_manager'],
  ]);
  // Nothing shows yet that any part works.
  for (const role of Object.values(found.agentHealth))
    expect(role).toEqual({ status: 'idle', last_success: null });
  expect(JSON.parse(JSON.stringify(found))).toEqual(found);
});

test.each([
  [49, 0, 'normal'],
  [30, 20, 'warning'],
  [89, 0, 'warning'],
  [70, 20, 'critical'],
  [100, 0, 'critical'],
] as const)('R-UI-3: $%d spent and $%d reserved of $100: %s', async (spent, held, status) => {
  const database = await testDatabase();
  await sql`insert into budget_windows (key, limit_nano_usd, spent_nano_usd, presumed_nano_usd, held_nano_usd)
    select key, limit_nano_usd, ${(spent - 1) * 1e9}::bigint, 1000000000, ${held * 1e9}::bigint
    from budget_windows_of('{}') where key like 'day:%'`.execute(database.query);
  const { dailyBudget, monthlyBudget } = await health(database);
  expect(dailyBudget).toEqual({
    spent,
    limit: 100,
    percentage: spent + held,
    status,
    reservations: held,
    pending_reservations: 0,
  });
  expect(monthlyBudget.status).toBe('normal');
});

test('R-UI-3: the warning starts at the configured share, and a frozen window is critical', async () => {
  const database = await testDatabase();
  await sql`insert into budget_windows (key, limit_nano_usd, spent_nano_usd)
    select key, limit_nano_usd, 20000000000 from budget_windows_of('{}') where key like 'day:%'`.execute(
    database.query,
  );
  expect((await health(database)).dailyBudget.status).toBe('normal');
  await sql`update system_config set value = '0.2' where key = 'budget.warning_share'`.execute(
    database.query,
  );
  expect((await health(database)).dailyBudget.status).toBe('warning');
  await database.query.updateTable('budgetWindows').set({ isFrozen: true }).execute();
  expect((await health(database)).dailyBudget.status).toBe('critical');
});

const told = { signal: 'latency', component: 'model', subject: 'm', value: 1, threshold: 2, message: 'Slow' };

async function forecastsThatEnded(database: Database): Promise<void> {
  const { query } = database;
  const ends = [true, true, false, null];
  for (const [index, cameTrue] of ends.entries()) {
    await raiseForecast(query, { ...told, key: `ended ${index}`, savedNanoUsd: 1_000_000_000n }, new Date());
    const rows = await query
      .selectFrom('forecasts')
      .select('id')
      .where('key', '=', `ended ${index}`)
      .execute();
    await endForecast(query, rows[0]?.id ?? '', cameTrue, new Date());
  }
}

async function everythingWrong(database: Database): Promise<void> {
  const { query } = database;
  await raiseAlert(query, {
    key: 'a',
    severity: 'high',
    component: 'x',
    operation: 'y',
    code: 'Z',
    message: 'Look at it',
  });
  for (const feature of ['reviewer', 'forecasts'])
    await degrade(query, {
      key: `pressure:e:${feature}`,
      feature,
      because: 'no memory',
      metadata: { host: 'here', level: 'high' },
    });
  await query
    .insertInto('circuitStates')
    .values({
      key: 'provider:x',
      kind: 'provider',
      phase: 'open',
      generation: 1n,
      state: '{}',
      updatedBy: 'test',
      because: JSON.stringify({ code: 'X', message: 'It is away' }),
    })
    .execute();
  await raiseForecast(query, { ...told, key: 'open' }, new Date());
}

test('R-UI-3: stuck work, open circuits, failures, degradations and forecasts are all there', async () => {
  const database = await testDatabase();
  const locks = await aLivingExecutor(database);
  const pressure = { level: 'high', because: 'no memory', measurements: [] };
  const report = ['alive', 'here', process.pid, '', [], false, null, JSON.stringify(pressure), null];
  await locks.ask(beatSql, report);
  const { workOrderId } = await workUnderWay(database);
  await openEscalation(database.query, {
    workOrderId,
    failureClass: 'unknown',
    title: 'x',
    context: {},
    options: [],
    recommendedOption: 'x',
  });
  await everythingWrong(database);
  await forecastsThatEnded(database);
  expect(await health(database, new Date(Date.now() + 3 * hourMs))).toMatchObject({
    stuckWorkOrders: [{ id: workOrderId, title: 'Mend it', status: 'in_progress', stuck_hours: 3 }],
    escalationBacklog: { open: 1, avg_resolution_time_hours: null },
    circuits: [{ key: 'provider:x', phase: 'open', because: 'It is away' }],
    alerts: [{ severity: 'high', message: 'Look at it', times: 1 }],
    degradations: [{ feature: 'reviewer' }, { feature: 'forecasts' }],
    pressure: [{ host: 'here', level: 'high', because: 'no memory', measurements: [] }],
    forecasts: { open: [{ message: 'Slow' }], precision: 0.667, judged: 3, saved_usd: 3 },
    executors: 1,
  });
});

test('R-UI-3: the health of each part is derived from what it really did', async () => {
  const database = await testDatabase();
  const { query } = database;
  const { workOrderId } = await workUnderWay(database);
  const done = (step: string) =>
    recordEvent(query, { workOrderId, kind: 'step.finished', actor: 'm', detail: { step, durationMs: 1 } });
  const fails = (step: 'generating' | 'verifying' | 'routing', code?: string) =>
    recordFailure(query, failure(code), { workOrderId, step, attempt: 1, strategy: 'retry' });
  for (let time = 0; time < 3; time++) await fails('generating');
  for (let time = 0; time < 6; time++) await done('routing');
  for (let time = 0; time < 3; time++) await fails('routing');
  await done('verifying');
  // A failed check is not a failure of the part that runs it.
  for (let time = 0; time < 5; time++) await fails('verifying', 'CHECK_FAILED');
  const { agentHealth, errorRate } = await health(database);
  expect(agentHealth).toMatchObject({
    proposers: { status: 'down', last_success: null },
    manager: { status: 'degraded', last_success: expect.any(String) },
    orchestrator: { status: 'healthy', last_success: expect.any(String) },
  });
  expect(errorRate).toMatchObject({ errors_last_hour: 11, errors_last_24h: 11, trend: 'rising' });
  expect(errorRate.last_hour).toBeCloseTo(11 / 18, 3);
  const tomorrow = await health(database, new Date(Date.now() + 5 * hourMs));
  expect(tomorrow.errorRate).toMatchObject({ last_hour: 0, errors_last_24h: 11, trend: 'falling' });
});

test('R-UI-3: the Architect is as healthy as its newest plans; a stopped one says nothing', async () => {
  const database = await testDatabase();
  const { projectId } = await aWorkOrderAtWork(database);
  const ended = async (state: string) => {
    const id = randomUUID();
    await addSpec(database.query, {
      id,
      projectId,
      name: 'Shop',
      content: 'Build it.',
      estimate: {},
      createdBy: 'human:ada',
    });
    await sql`insert into plannings (id, spec_id, project_id, state, model, limit_nano_usd, asked_by, ended_at)
      values (${id}, ${id}, ${projectId}, ${state}, 'a/one', 1, 'human:ada', clock_timestamp())`.execute(
      database.query,
    );
    return (await health(database, new Date(Date.now() + 1_000))).agentHealth.architect;
  };
  expect(await ended('cancelled')).toEqual({ status: 'idle', last_success: null });
  for (const state of ['failed', 'failed']) await ended(state);
  expect(await ended('failed')).toEqual({ status: 'down', last_success: null });
  expect(await ended('planned')).toEqual({ status: 'degraded', last_success: expect.any(String) });
});

test('R-UI-3: the Director is as healthy as its newest decisions', async () => {
  const database = await testDatabase();
  const { query } = database;
  const director = async () => (await health(database)).agentHealth.director;
  const refused = new PermanentError({
    code: 'PLAN_STALE',
    component: 'specs',
    operation: 'approve',
    message: 'The plan has changed.',
  });
  for (let time = 0; time < 3; time++) {
    const made = { id: newId<string>(new Date()), at: new Date() };
    await insertErrorEvents(query, [errorRow(refused, { strategy: 'escalate' }, made)]);
  }
  expect(await director()).toEqual({ status: 'down', last_success: null });
  await insertDecision(query, {
    workOrderId: null,
    kind: 'skip',
    agentType: 'director',
    input: {},
    output: {},
  });
  expect(await director()).toEqual({ status: 'degraded', last_success: expect.any(String) });
});

test('R-UI-3: fear: Moose asks a forge in vain and Sentinel is healthy; one look that succeeds ends that', async () => {
  const database = await testDatabase();
  const { query } = database;
  const { workOrderId, projectId } = await aWorkOrderAtWork(database);
  const sentinel = async () => (await health(database)).agentHealth.sentinel;
  const fails = async (host: string, step?: Step) => {
    const error = new ExternalServiceError({
      code: 'FORGE_UNAVAILABLE',
      component: 'forges',
      operation: 'find pull request',
      message: `${host} does not answer.`,
      metadata: { host },
    });
    const made = { id: newId<string>(new Date()), at: new Date() };
    await insertErrorEvents(query, [errorRow(error, { workOrderId, ...(step ? { step } : {}) }, made)]);
  };
  const looked = (host: string) =>
    query
      .insertInto('forgeIntakes')
      .values({ projectId, host, repository: 'acme/api', lookedAt: sql<Date>`clock_timestamp()` })
      .onConflict((conflict) =>
        conflict.column('projectId').doUpdateSet({ host, lookedAt: sql<Date>`clock_timestamp()` }),
      )
      .execute();
  expect(await sentinel()).toEqual({ status: 'idle', last_success: null });
  // A pull request that cannot be opened is not Sentinel's.
  await fails('a.example', 'creating_pr');
  expect(await sentinel()).toMatchObject({ status: 'idle' });
  for (let time = 0; time < 3; time++) await fails('a.example');
  expect(await sentinel()).toEqual({ status: 'down', last_success: null });
  await looked('b.example');
  expect(await sentinel()).toMatchObject({ status: 'degraded', last_success: expect.any(String) });
  await looked('a.example');
  expect(await sentinel()).toMatchObject({ status: 'healthy', last_success: expect.any(String) });
});

test('R-UI-3: the backlog is reported with the mean time to an answer', async () => {
  const database = await testDatabase();
  const { query } = database;
  const { workOrderId } = await workUnderWay(database);
  const question = {
    ...({
      workOrderId,
      failureClass: 'unknown',
      title: 'x',
      context: {},
      options: [],
      recommendedOption: 'x',
    } as const),
  };
  for (const hours of [1, 4]) {
    const { id } = await openEscalation(query, question);
    const resolvedAt = new Date();
    const createdAt = new Date(resolvedAt.getTime() - hours * hourMs);
    await query
      .updateTable('escalations')
      .set({ status: 'resolved', createdAt, resolvedAt })
      .where('id', '=', id)
      .execute();
  }
  expect((await health(database)).escalationBacklog).toEqual({ open: 0, avg_resolution_time_hours: 2.5 });
});
