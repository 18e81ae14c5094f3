// A growing envelope takes no more than its ceiling and its windows allow, even with simultaneous draws (R-PROJ-8).
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import type { Database } from '../../../store/database.ts';
import { sizeOfReservation } from '../../../store/money/costs.ts';
import { beatGateway } from '../../../store/money/gateways.ts';
import { changeWorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { scratchWork } from '../../scratch-work.fixture.ts';
import type { Work } from '../work.ts';
import { closeEnvelope, remainingNanoUsd, renewEnvelope, reserveEnvelope, sizeOf } from './envelope.ts';
import { aDraw, cost, dayOf, differences, goodEnd } from './ledger-ground.fixture.ts';
import { openCallLedger } from './open-call-ledger.ts';

const shared = sharedDatabase();

const cent = 10_000_000n;
const growing = { estimateNanoUsd: 10n * cent, ceilingNanoUsd: 50n * cent };
const steps = { envelopeStepNanoUsd: 10n * cent };

async function workThatGrows(database: Database, given: Parameters<typeof scratchWork>[1] = {}) {
  const work = await scratchWork(database, given);
  return { ...work, settings: { ...work.settings, ...steps } };
}

async function caller(work: Work) {
  const ledger = openCallLedger(work.database);
  const made = { key: await work.runKeys.keyOf(work), gatewayId: randomUUID() };
  await beatGateway(work.database.query, { id: made.gatewayId, host: 'here' });
  return { ledger, draw: (nanoUsd: bigint) => ledger.draw(aDraw(made, nanoUsd)), made };
}

const sizeNow = async ({ database, run }: Work) =>
  run.reservationId && (await sizeOfReservation(database.query, run.reservationId)).nanoUsd;

const limitDay = (database: Database, usd: string) =>
  sql`update system_config set value = ${usd}::jsonb where key = 'budget.daily_limit_usd'`.execute(
    database.query,
  );

test('R-PROJ-8: calls that need more get it in steps, up to the ceiling and no further', async () => {
  const database = shared();
  const work = await workThatGrows(database);
  expect(await reserveEnvelope(work, growing)).toMatchObject({
    nanoUsd: 10n * cent,
    ceilingNanoUsd: 50n * cent,
  });
  expect(await remainingNanoUsd(work)).toBe(50n * cent);
  const { draw } = await caller(work);
  expect(await draw(8n * cent)).toEqual({ kind: 'drawn' });
  expect(await sizeNow(work)).toBe(10n * cent);
  expect(await draw(8n * cent)).toEqual({ kind: 'drawn' });
  expect(await sizeNow(work)).toBe(20n * cent);
  // More than one step at once.
  expect(await draw(25n * cent)).toEqual({ kind: 'drawn' });
  expect(await sizeNow(work)).toBe(50n * cent);
  expect(await remainingNanoUsd(work)).toBe(9n * cent);
  expect(await draw(10n * cent)).toMatchObject({ kind: 'no_room', leftNanoUsd: 9n * cent });
  expect(await draw(9n * cent)).toEqual({ kind: 'drawn' });
  expect(await dayOf(database)).toEqual([50n * cent, 0n, 0n]);
  expect(await differences(database)).toEqual([]);
});

test('fear: two calls at the same moment let it grow twice, or above its ceiling', async () => {
  const database = shared();
  const work = await workThatGrows(database);
  await reserveEnvelope(work, growing);
  const { draw } = await caller(work);
  const answers = await Promise.all(Array.from({ length: 12 }, () => draw(7n * cent)));
  expect(answers.filter(({ kind }) => kind === 'drawn')).toHaveLength(7);
  expect(await sizeNow(work)).toBe(50n * cent);
  expect(await differences(database)).toEqual([]);
});

test("R-BUD-1: it grows only as far as the day's limit allows, and not at all in a frozen window", async () => {
  const database = shared();
  await limitDay(database, '0.25');
  const work = await workThatGrows(database);
  await reserveEnvelope(work, growing);
  const { draw } = await caller(work);
  expect(await draw(26n * cent)).toMatchObject({ kind: 'no_room', leftNanoUsd: 25n * cent });
  expect(await draw(24n * cent)).toEqual({ kind: 'drawn' });
  await limitDay(database, '100');
  await sql`update budget_windows set is_frozen = true where key like 'month:%'`.execute(database.query);
  expect(await draw(2n * cent)).toEqual({ kind: 'frozen' });
  expect(await sizeNow(work)).toBe(25n * cent);
});

test('fear: work orders that grow at the same time take the day above its limit', async () => {
  const database = shared();
  await limitDay(database, '1');
  const works = await Promise.all(Array.from({ length: 5 }, () => workThatGrows(database)));
  const callers = await Promise.all(
    works.map(async (work) => {
      await reserveEnvelope(work, growing);
      return caller(work);
    }),
  );
  await Promise.all(callers.flatMap(({ draw }) => Array.from({ length: 6 }, () => draw(8n * cent))));
  const [held] = await dayOf(database);
  expect(held).toBeLessThanOrEqual(100n * cent);
  expect(await differences(database)).toEqual([]);
});

test("R-PROJ-8: a person's limit is the ceiling; an envelope that cannot grow gets all of it", async () => {
  const database = shared();
  const work = await workThatGrows(database, { limitNanoUsd: 30n * cent });
  expect(await reserveEnvelope(work, growing)).toMatchObject({
    nanoUsd: 10n * cent,
    ceilingNanoUsd: 30n * cent,
  });
  const { draw } = await caller(work);
  expect(await draw(31n * cent)).toMatchObject({ kind: 'no_room', leftNanoUsd: 30n * cent });
  const small = await workThatGrows(database, { limitNanoUsd: 7n * cent });
  expect(await reserveEnvelope(small, growing)).toMatchObject({ nanoUsd: 7n * cent, ceilingNanoUsd: null });
  const fixed = await workThatGrows(database, { limitNanoUsd: 30n * cent });
  expect(await reserveEnvelope(fixed, { ...growing, ceilingNanoUsd: null })).toMatchObject({
    nanoUsd: 30n * cent,
    ceilingNanoUsd: null,
  });
});

test('fear: a limit that a person sets while an agent works does not bind the growth', async () => {
  const database = shared();
  const work = await workThatGrows(database);
  await reserveEnvelope(work, growing);
  const at = { status: 'in_progress', step: work.order.step } as const;
  await changeWorkOrder(database.query, work.order.id, at, {
    limitNanoUsd: 12n * cent,
    changedBy: 'human:ada',
    changedBecause: 'limit',
  });
  const { draw } = await caller(work);
  expect(await draw(13n * cent)).toMatchObject({ kind: 'no_room', leftNanoUsd: 10n * cent });
});

test('R-BUD-2: an envelope that has grown is closed as a whole, and a renewed one may grow again', async () => {
  const database = shared();
  const work = await workThatGrows(database);
  await reserveEnvelope(work, growing);
  const { ledger, made } = await caller(work);
  const call = aDraw(made, 35n * cent);
  expect(await ledger.draw(call)).toEqual({ kind: 'drawn' });
  await ledger.presume(call.callId, goodEnd);
  await renewEnvelope(work, growing);
  expect(await remainingNanoUsd(work)).toBe(50n * cent);
  const next = await caller(work);
  const paid = aDraw(next.made, 12n * cent);
  expect(await next.ledger.draw(paid)).toEqual({ kind: 'drawn' });
  await next.ledger.settle(paid.callId, cost(3n * cent), goodEnd);
  await database.transaction((query) => closeEnvelope(query, work.order.id, work.run.reservationId));
  expect(await dayOf(database)).toEqual([0n, 3n * cent, 35n * cent]);
  expect(await differences(database)).toEqual([]);
});

test('the size that routing decided on is read back exactly', () => {
  expect(sizeOf({ envelopeNanoUsd: '1', ceilingNanoUsd: '9007199254740993' })).toEqual({
    estimateNanoUsd: 1n,
    ceilingNanoUsd: 9_007_199_254_740_993n,
  });
  expect(sizeOf({ envelopeNanoUsd: '2' })).toEqual({ estimateNanoUsd: 2n, ceilingNanoUsd: null });
});
