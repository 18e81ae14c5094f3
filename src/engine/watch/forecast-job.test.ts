import { pino } from 'pino';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { TransientError } from '../../domain/failure.ts';
import { newId, type ReservationId, type WorkOrderId } from '../../domain/ids.ts';
import type { Database } from '../../store/database.ts';
import { forecastPrecision } from '../../store/failures/forecasts.ts';
import { toJson } from '../../store/storable.ts';
import { aWorkOrderAtWork } from '../../store/work/scratch-rows.fixture.ts';
import { recordFailure } from '../errors/record-failure.ts';
import { type ForecastDeps, forecastJob, lookAhead } from './forecast-job.ts';
import { hourMs, movedClock } from './stuck.fixture.ts';

const model = 'anthropic/claude-x';
const minuteMs = 60_000;

function watcher(database: Database, allows = true) {
  const clock = movedClock();
  const deps: ForecastDeps = {
    database,
    clock,
    logger: pino({ level: 'silent' }),
    pressure: { allows: () => allows },
    settings: {
      withoutProgress: { agentRunsMax: 12, modelCallsMax: 40, costNanoUsdMax: 10n ** 10n },
      modelTimeoutMs: 180_000,
      checkTimeLimitMs: 900_000,
    },
  };
  return { clock, deps, look: () => lookAhead(deps) };
}

/** Inserts answers of the model, spread evenly over the time before `until`. */
async function answers(
  database: Database,
  workOrderId: WorkOrderId,
  count: number,
  until: Date,
  overMs: number,
) {
  const at = (index: number) => new Date(until.getTime() - (overMs * (index + 0.5)) / count);
  await database.query
    .insertInto('workOrderEvents')
    .values(
      Array.from({ length: count }, (_, index) => ({
        workOrderId,
        kind: 'model.answered',
        actor: model,
        at: at(index),
        detail: toJson({ kind: 'object' }),
      })),
    )
    .execute();
}

/** Inserts failed calls of the model at the same times. */
async function failures(
  database: Database,
  workOrderId: WorkOrderId,
  count: number,
  until: Date,
  overMs: number,
) {
  for (let index = 0; index < count; index++) {
    const error = new TransientError({
      code: 'MODEL_OVERLOADED',
      component: 'models',
      operation: 'generate',
      message: 'It is overloaded.',
      metadata: { model, provider: 'anthropic' },
    });
    await recordFailure(database.query, error, {
      workOrderId,
      step: null,
      attempt: 1,
      strategy: 'retry',
    });
  }
  const rows = await database.query.selectFrom('errorEvents').select('id').orderBy('id').execute();
  for (const [index, { id }] of rows.slice(-count).entries()) {
    const timestamp = new Date(until.getTime() - (overMs * (index + 0.3)) / count);
    await database.query.updateTable('errorEvents').set({ timestamp }).where('id', '=', id).execute();
  }
}

const rows = (database: Database, signal?: string) => {
  const select = database.query.selectFrom('forecasts').selectAll().orderBy('raisedAt');
  return (signal ? select.where('signal', '=', signal) : select).execute();
};

test('R-REC-9: increasing failures of a model are predicted before half of the calls fail, and the forecast comes true', async () => {
  const database = await testDatabase();
  const { workOrderId } = await aWorkOrderAtWork(database);
  const { clock, look } = watcher(database);
  const start = clock.now();
  await answers(database, workOrderId, 200, new Date(start.getTime() - 3 * hourMs), 20 * hourMs);
  await answers(database, workOrderId, 30, start, 25 * minuteMs);
  await look();
  expect(await rows(database)).toEqual([]);
  await failures(database, workOrderId, 12, start, 10 * minuteMs);
  await look();
  const [told, ...more] = await rows(database, 'failure_rate');
  expect(more).toEqual([]);
  expect(told).toMatchObject({
    key: `failure_rate:model:${model}`,
    component: 'model',
    subject: model,
    cameTrue: null,
    endedAt: null,
    message: `29 % of the latest 42 of ${model} fail; 0 % is normal.`,
  });
  // On the next round, it is still the same warning.
  await look();
  clock.move(5 * minuteMs);
  await failures(database, workOrderId, 40, clock.now(), 4 * minuteMs);
  await look();
  expect(await rows(database, 'failure_rate')).toMatchObject([{ id: told?.id, cameTrue: true }]);
  const ofRates = (await forecastPrecision(database.query, new Date(0))).find(
    ({ signal }) => signal === 'failure_rate',
  );
  expect(ofRates).toMatchObject({ open: 0, judged: 1, cameTrue: 1, precision: 1 });
});

test('R-REC-9: a temporary increase is a warning that did not come true, and is not repeated immediately', async () => {
  const database = await testDatabase();
  const { workOrderId } = await aWorkOrderAtWork(database);
  const { clock, look } = watcher(database);
  const start = clock.now();
  await answers(database, workOrderId, 200, new Date(start.getTime() - 3 * hourMs), 20 * hourMs);
  await answers(database, workOrderId, 30, start, 25 * minuteMs);
  await failures(database, workOrderId, 12, start, 10 * minuteMs);
  await look();
  clock.move(30 * minuteMs);
  await answers(database, workOrderId, 60, clock.now(), 25 * minuteMs);
  await look();
  expect(await rows(database, 'failure_rate')).toMatchObject([{ cameTrue: false }]);
  clock.move(5 * minuteMs);
  await failures(database, workOrderId, 20, clock.now(), 4 * minuteMs);
  await look();
  expect(await rows(database, 'failure_rate')).toHaveLength(1);
});

test('R-REC-9: three failures within a minute predict an open circuit, which comes true when it opens', async () => {
  const database = await testDatabase();
  const { workOrderId } = await aWorkOrderAtWork(database);
  const { clock, look } = watcher(database);
  await failures(database, workOrderId, 3, clock.now(), 30_000);
  await look();
  expect(await rows(database)).toMatchObject([{ key: 'circuit:provider:anthropic', value: 3, threshold: 5 }]);
  clock.move(20_000);
  await database.query
    .insertInto('circuitStates')
    .values({
      key: 'provider:anthropic',
      kind: 'provider',
      phase: 'open',
      generation: 1n,
      state: '{}',
      openedAt: clock.now(),
      updatedBy: 'test',
    })
    .execute();
  await look();
  expect(await rows(database)).toMatchObject([{ key: 'circuit:provider:anthropic', cameTrue: true }]);
});

test('R-REC-9: money that will not last the day is predicted before it is spent', async () => {
  const database = await testDatabase();
  const { workOrderId, runId } = await aWorkOrderAtWork(database);
  const { clock, look } = watcher(database);
  const key = `day:${new Date().toISOString().slice(0, 10)}`;
  await database.query
    .insertInto('budgetWindows')
    .values({ key, limitNanoUsd: 10n ** 11n, spentNanoUsd: 8n * 10n ** 10n })
    .execute();
  for (let call = 0; call < 10; call++)
    await database.query
      .insertInto('costTracking')
      .values({
        id: newId<ReservationId>(clock.now()),
        type: 'actual',
        status: 'settled',
        serviceName: 'proposer',
        workOrderId,
        runId,
        reservedNanoUsd: 0n,
        actualNanoUsd: 7n * 10n ** 9n,
        model,
        settledAt: new Date(clock.now().getTime() - call * minuteMs),
      })
      .execute();
  await look();
  const [told] = await rows(database, 'budget');
  // In the last hour of a day, this rate of spending no longer matters.
  const isLate = new Date().getUTCHours() === 23;
  if (!isLate) expect(told).toMatchObject({ key: `budget:${key}`, value: 0.8, cameTrue: null });
  await database.query
    .updateTable('budgetWindows')
    .set({ presumedNanoUsd: 2n * 10n ** 10n })
    .execute();
  clock.move(minuteMs);
  await look();
  if (!isLate) expect(await rows(database, 'budget')).toMatchObject([{ cameTrue: true }]);
});

test('R-REC-9: a work order near its limit without progress is predicted, which comes true when it is parked', async () => {
  const database = await testDatabase();
  const { workOrderId } = await aWorkOrderAtWork(database);
  const { clock, look } = watcher(database);
  await database.query.updateTable('workOrders').set({ modelCalls: 35 }).execute();
  await look();
  expect(await rows(database)).toMatchObject([
    { signal: 'no_progress', workOrderId, value: 0.875, threshold: 1 },
  ]);
  clock.move(minuteMs);
  await database.query
    .updateTable('workOrders')
    .set({ parkedAt: clock.now(), status: 'needs_review', changedBy: 'moose:1' })
    .execute();
  await look();
  expect(await rows(database)).toMatchObject([{ cameTrue: true }]);
});

test('R-REC-9: answers that get slower are predicted before they time out', async () => {
  const database = await testDatabase();
  const { workOrderId, runId } = await aWorkOrderAtWork(database);
  const { clock, look } = watcher(database);
  const call = async (agoMs: number, tookMs: number) => {
    const settledAt = new Date(clock.now().getTime() - agoMs);
    await database.query
      .insertInto('costTracking')
      .values({
        id: newId<ReservationId>(clock.now()),
        type: 'actual',
        status: 'settled',
        serviceName: 'proposer',
        workOrderId,
        runId,
        reservedNanoUsd: 0n,
        actualNanoUsd: 1n,
        model,
        settledAt,
        createdAt: new Date(settledAt.getTime() - tookMs),
      })
      .execute();
  };
  for (let index = 0; index < 30; index++) await call(hourMs + index * minuteMs, 9_000 + 100 * (index % 7));
  await look();
  expect(await rows(database)).toEqual([]);
  for (let index = 0; index < 8; index++) await call(index * minuteMs, 80_000 + 5_000 * (index % 5));
  await look();
  expect(await rows(database)).toMatchObject([{ key: `latency:model:${model}`, threshold: 180_000 }]);
  clock.move(minuteMs);
  const error = new TransientError({
    code: 'MODEL_TIMEOUT',
    component: 'models',
    operation: 'generate',
    message: 'Too slow',
    metadata: { model },
  });
  await recordFailure(database.query, error, { workOrderId, step: null, attempt: 1, strategy: 'retry' });
  await database.query.updateTable('errorEvents').set({ timestamp: clock.now() }).execute();
  await look();
  expect((await rows(database, 'latency')).map(({ cameTrue }) => cameTrue)).toEqual([true]);
});

test('R-REC-4: under pressure there are no forecasts', async () => {
  const database = await testDatabase();
  await aWorkOrderAtWork(database);
  await database.query.updateTable('workOrders').set({ modelCalls: 35 }).execute();
  const { signal } = new AbortController();
  await forecastJob(watcher(database, false).deps).run(signal);
  expect(await rows(database)).toEqual([]);
  await forecastJob(watcher(database).deps).run(signal);
  expect(await rows(database)).toHaveLength(1);
});
