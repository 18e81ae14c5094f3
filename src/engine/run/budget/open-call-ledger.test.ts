import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { openDatabase } from '../../../store/database.ts';
import { cancelReservation } from '../../../store/money/costs.ts';
import { issueKey } from '../../../store/money/gateway-keys.ts';
import { thawLimits } from '../../../store/money/limits.ts';
import { theWorkOrder } from '../../../store/work/scratch-rows.fixture.ts';
import {
  aDraw,
  cost,
  dayOf,
  differences,
  goodEnd,
  type LedgerGround,
  ledgerGround,
} from './ledger-ground.fixture.ts';
import { openCallLedger } from './open-call-ledger.ts';

const shared = sharedDatabase();
const cent = 10_000_000n;

async function ground(envelope = 10n * cent, given = {}) {
  const database = shared();
  const made = await ledgerGround(database, envelope, given);
  return { database, made, ledger: openCallLedger(database) };
}

const drawn = { kind: 'drawn' };

test('R-BUD-2: a call is drawn, settled once, and the windows move with it', async () => {
  const { database, made, ledger } = await ground();
  const draw = aDraw(made, 4n * cent);
  expect(await ledger.draw(draw)).toEqual(drawn);
  expect(await dayOf(database)).toEqual([10n * cent, 0n, 0n]);
  expect(await ledger.settle(draw.callId, cost(cent), goodEnd)).toBe(true);
  expect(await dayOf(database)).toEqual([9n * cent, cent, 0n]);
  expect(await ledger.settle(draw.callId, cost(2n * cent), goodEnd)).toBe(false);
  expect(await ledger.presume(draw.callId, goodEnd)).toBe(false);
  expect(await ledger.void(draw.callId, goodEnd)).toBe(false);
  expect(await theWorkOrder(database, made.workOrderId)).toMatchObject({
    costNanoUsd: cent,
    modelCalls: 1,
    inputTokens: 15n,
    outputTokens: 3n,
  });
  const row = await database.query
    .selectFrom('costTracking')
    .selectAll()
    .where('id', '=', draw.callId as never)
    .executeTakeFirstOrThrow();
  expect(row).toMatchObject({
    status: 'settled',
    serviceName: 'agent',
    model: 'scripted/light',
    wire: 'anthropic-messages',
    isStream: true,
    runId: made.runId,
    keyId: made.key.id,
    gatewayId: made.gatewayId,
    priceVersion: 'test',
    inputTokens: 10n,
    cacheReadTokens: 5n,
    outputTokens: 3n,
    httpStatus: 200,
    firstByteMs: 12,
    durationMs: 81,
  });
  await cancelReservation(database.query, made.reservationId);
  expect(await dayOf(database)).toEqual([0n, cent, 0n]);
  expect(await differences(database)).toEqual([]);
});

test('fear: after a lost answer, the same call is drawn twice', async () => {
  const { database, made, ledger } = await ground();
  const draw = aDraw(made, 4n * cent);
  const answers = await Promise.all(Array.from({ length: 6 }, () => ledger.draw(draw)));
  expect(answers).toEqual(answers.map(() => drawn));
  expect(await ledger.draw(aDraw(made, 7n * cent))).toEqual({
    kind: 'no_room',
    leftNanoUsd: 6n * cent,
    openNanoUsd: 4n * cent,
  });
  expect(await differences(database)).toEqual([]);
});

test('R-BUD-4: what a call does not need is available to the next one; a reservation never grows', async () => {
  const { database, made, ledger } = await ground();
  const draw = aDraw(made, 9n * cent);
  await ledger.draw(draw);
  await ledger.shrink(draw.callId, 12n * cent);
  expect(await ledger.draw(aDraw(made, 2n * cent))).toMatchObject({ kind: 'no_room', leftNanoUsd: cent });
  await ledger.shrink(draw.callId, 3n * cent);
  await ledger.shrink(draw.callId, 5n * cent);
  expect(await ledger.draw(aDraw(made, 7n * cent))).toEqual(drawn);
  // Presumes everything that is reserved by now, and no more.
  expect(await ledger.presume(draw.callId, goodEnd)).toBe(true);
  await ledger.shrink(draw.callId, 0n);
  expect(await dayOf(database)).toEqual([7n * cent, 0n, 3n * cent]);
  expect(await differences(database)).toEqual([]);
});

test('R-BUD-2: a presumption is settled by evidence, even after its envelope has closed, and the rest is released', async () => {
  const { database, made, ledger } = await ground();
  const [first, second] = [aDraw(made, 4n * cent), aDraw(made, 5n * cent)];
  await ledger.draw(first);
  await ledger.draw(second);
  expect(await ledger.presume(first.callId, { ...goodEnd, failure: 'cut_stream' })).toBe(true);
  expect(await ledger.draw(aDraw(made, 2n * cent))).toMatchObject({ kind: 'no_room' });
  expect(await ledger.settle(first.callId, cost(cent), goodEnd)).toBe(true);
  // The released money is available in the envelope again.
  const third = aDraw(made, 4n * cent);
  expect(await ledger.draw(third)).toEqual(drawn);
  await cancelReservation(database.query, made.reservationId);
  expect(await dayOf(database)).toEqual([0n, cent, 9n * cent]);
  expect(await theWorkOrder(database, made.workOrderId)).toMatchObject({
    costNanoUsd: 10n * cent,
    modelCalls: 3,
  });
  expect(await ledger.settle(second.callId, cost(2n * cent), goodEnd)).toBe(true);
  expect(await ledger.settle(second.callId, cost(0n), goodEnd)).toBe(false);
  expect(await ledger.void(third.callId, { ...goodEnd, httpStatus: 429, failure: 'rate_limited' })).toBe(
    true,
  );
  expect(await dayOf(database)).toEqual([0n, 3n * cent, 0n]);
  expect(await theWorkOrder(database, made.workOrderId)).toMatchObject({
    costNanoUsd: 3n * cent,
    modelCalls: 3,
  });
  expect(await differences(database)).toEqual([]);
});

test('R-PIPE-12: the cost of a work order is reduced only by such evidence, by exactly that amount', async () => {
  const { database, made, ledger } = await ground();
  const draw = aDraw(made, 4n * cent);
  await ledger.draw(draw);
  await ledger.presume(draw.callId, goodEnd);
  const lower = (by: bigint, evidence: string) =>
    database.transaction(async (query) => {
      await sql`select set_config('moose.cost_evidence', ${evidence}, true)`.execute(query);
      await sql`update work_orders set cost_nano_usd = cost_nano_usd - ${by.toString()}::bigint
        where id = ${made.workOrderId}`.execute(query);
    });
  await expect(lower(1n, '')).rejects.toMatchObject({ code: 'COUNTER_WENT_BACK' });
  await expect(lower(2n, `${made.workOrderId} 1`)).rejects.toMatchObject({ code: 'COUNTER_WENT_BACK' });
  await expect(lower(1n, `${randomUUID()} 1`)).rejects.toMatchObject({ code: 'COUNTER_WENT_BACK' });
  await database
    .transaction(async (query) => {
      await sql`select settle_call(${draw.callId}::uuid, 1, '{}', '{}')`.execute(query);
      // The exception is valid only for the one statement that needs it.
      const again = sql`update work_orders set cost_nano_usd = 0 where id = ${made.workOrderId}`.execute(
        query,
      );
      await expect(again).rejects.toThrow('only ever grow');
      throw new Error('rolled back');
    })
    .catch((cause: Error) => expect(cause.message).toContain('rolled back'));
  expect((await theWorkOrder(database, made.workOrderId)).costNanoUsd).toBe(4n * cent);
});

test('R-BUD-12: a cost above the reservation is booked, and its model is stopped until a person has looked', async () => {
  const { database, made, ledger } = await ground(9n * cent);
  const [dear, other] = [aDraw(made, 2n * cent), aDraw(made, 2n * cent)];
  await ledger.draw(dear);
  await ledger.draw(other);
  await ledger.settle(dear.callId, cost(4n * cent), goodEnd);
  // Calls under way show nothing new.
  await ledger.settle(other.callId, cost(3n * cent), goodEnd);
  const windows = await database.query.selectFrom('budgetWindows').selectAll().orderBy('key').execute();
  expect(windows.map(({ key, isFrozen }) => [key.split(':')[0], isFrozen])).toEqual([
    ['day', false],
    ['model', true],
    ['month', false],
  ]);
  for (const { overrunNanoUsd } of windows) expect(overrunNanoUsd).toBe(3n * cent);
  expect(await database.query.selectFrom('systemAlerts').selectAll().execute()).toMatchObject([
    { severity: 'critical', key: 'budget.overrun', code: 'BUDGET_OVERRUN', times: 2, resolvedAt: null },
  ]);
  expect(await ledger.draw(aDraw(made, 0n))).toEqual({ kind: 'model_stopped' });
  expect(await ledger.draw({ ...aDraw(made, cent), model: 'scripted/strong' })).toEqual({ kind: 'drawn' });
  expect(await ledger.draw({ ...aDraw(made, cent), model: 'other/light' })).toEqual({ kind: 'drawn' });
  expect(await differences(database)).toEqual([]);
  expect(await database.transaction(thawLimits)).toEqual(['model:scripted/light']);
  expect(await ledger.draw(aDraw(made, 0n))).toEqual({ kind: 'drawn' });
});

test('R-BUD-11: a call whose cost is not known stops its model with its booking, and people are told', async () => {
  const { database, made, ledger } = await ground(9n * cent);
  const draw = aDraw(made, cent);
  await ledger.draw(draw);
  await ledger.presume(draw.callId, goodEnd, false, { stops: 'the answer names a fee' });
  expect(await ledger.draw(aDraw(made, 0n))).toEqual({ kind: 'model_stopped' });
  expect(await ledger.draw({ ...aDraw(made, cent), model: 'other/light' })).toEqual({ kind: 'drawn' });
  expect(await database.query.selectFrom('systemAlerts').selectAll().execute()).toMatchObject([
    {
      severity: 'critical',
      key: 'model.stopped:scripted/light',
      code: 'MODEL_STOPPED',
      message: expect.stringContaining('the answer names a fee'),
    },
  ]);
});

test('R-BUD-12: after the overrun of another model, nothing is drawn until a person has looked', async () => {
  const { database, made, ledger } = await ground(5n * cent);
  const first = { ...aDraw(made, 0n), model: 'scripted/strong' };
  await ledger.draw(first);
  await ledger.settle(first.callId, cost(cent), goodEnd);
  const [dear, other] = [aDraw(made, cent), aDraw(made, 3n * cent)];
  await ledger.draw(dear);
  await ledger.draw(other);
  await ledger.settle(dear.callId, cost(3n * cent), goodEnd);
  // The other call's reservation stays.
  expect(await dayOf(database)).toEqual([3n * cent, 4n * cent, 0n]);
  const windows = await database.query.selectFrom('budgetWindows').selectAll().execute();
  for (const window of windows) expect(window).toMatchObject({ isFrozen: true });
  expect(await database.query.selectFrom('systemAlerts').selectAll().execute()).toMatchObject([
    { severity: 'critical', key: 'budget.overrun', code: 'BUDGET_OVERRUN', resolvedAt: null },
  ]);
  expect(await ledger.draw({ ...aDraw(made, 0n), model: 'other/light' })).toEqual({ kind: 'frozen' });
  expect(await ledger.settle(other.callId, cost(cent), goodEnd)).toBe(true);
  await cancelReservation(database.query, made.reservationId);
  expect(await dayOf(database)).toEqual([0n, 5n * cent, 0n]);
  expect(await differences(database)).toEqual([]);
});

test('R-SEC-4: bodies are stored without secrets, once, and only for existing calls', async () => {
  const { database, made, ledger } = await ground();
  const draw = aDraw(made, cent);
  await ledger.draw(draw);
  const bodies = { request: `{"key": "sk-ant-api03-${'a1B2'.repeat(20)}"}`, response: 'x'.repeat(2_000_000) };
  await ledger.keepBodies(draw.callId, bodies);
  await ledger.keepBodies(draw.callId, { request: 'another', response: '' });
  await ledger.keepBodies(randomUUID(), { request: '', response: '' });
  const rows = await database.query.selectFrom('callBodies').selectAll().execute();
  expect(rows).toHaveLength(1);
  expect(rows[0]?.request).toContain('[redacted');
  expect(rows[0]?.response).toHaveLength(1_000_000);
});

test('R-BUD-2: while the database is unavailable, a draw fails quickly', async () => {
  const nowhere = openDatabase('postgres://moose@127.0.0.1:1/moose');
  onTestFinished(() => nowhere.close());
  const ledger = openCallLedger(nowhere, { answerMsMax: 100 });
  const made = { key: { id: randomUUID(), secret: 's' }, gatewayId: randomUUID() } as LedgerGround;
  await expect(ledger.draw(aDraw(made, 1n))).rejects.toMatchObject({
    code: 'LEDGER_AWAY',
    category: 'transient',
  });
  const stop = new AbortController();
  const surely = openCallLedger(nowhere, { signal: stop.signal }).settle(randomUUID(), cost(1n), goodEnd);
  stop.abort(new Error('it ends'));
  await expect(surely).rejects.toThrow('it ends');
});

test("R-BUD-8: the Architect is outside the day's limit, inside the month's, and draws with its own key", async () => {
  const database = shared();
  await sql`update system_config set value = '0.01' where key = 'budget.daily_limit_usd'`.execute(
    database.query,
  );
  await sql`update system_config set value = '0.10' where key = 'budget.monthly_limit_usd'`.execute(
    database.query,
  );
  const reserve = async (usd: number) =>
    (
      await sql<{
        id: string | null;
      }>`select reservation_id as id from check_and_reserve_budget(${usd}, 'architect')`.execute(
        database.query,
      )
    ).rows[0]?.id;
  const reservationId = await reserve(0.08);
  expect(reservationId).toBeTruthy();
  expect(await reserve(0.03)).toBeNull();
  const keys = await database.query.selectFrom('budgetWindows').select('key').execute();
  expect(keys.map(({ key }) => key.split(':')[0])).toEqual(['month']);
  const key = await issueKey(database.query, {
    workOrderId: null,
    runId: null,
    reservationId: reservationId as never,
    serviceName: 'architect',
  });
  const made = { key, gatewayId: randomUUID() } as LedgerGround;
  const ledger = openCallLedger(database);
  const draw = aDraw(made, 8n * cent);
  expect(await ledger.draw(draw)).toEqual(drawn);
  expect(await ledger.settle(draw.callId, cost(cent), goodEnd)).toBe(true);
  await cancelReservation(database.query, reservationId as never);
  expect(await differences(database)).toEqual([]);
});
