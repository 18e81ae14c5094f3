import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import type { ReservationId } from '../../domain/ids.ts';
import { costsOf } from '../../store/costs.ts';
import type { Database } from '../../store/database.ts';
import { effectsOf } from '../../store/effects.ts';
import { theWorkOrder } from '../../store/scratch-rows.fixture.ts';
import type { Work } from '../pipeline/work.ts';
import { scratchWork, takeUp } from '../scratch-work.fixture.ts';
import {
  bookCall,
  closeEnvelope,
  drawCall,
  remainingNanoUsd,
  renewEnvelope,
  reserveEnvelope,
  voidCall,
} from './envelope.ts';

const shared = sharedDatabase();

const cent = 10_000_000n;
const draw = (worstCaseNanoUsd: bigint) => ({
  serviceName: 'proposer',
  model: 'scripted/light',
  worstCaseNanoUsd,
});
const usage = { inputTokens: 100, outputTokens: 10 };

const day = async (database: Database) =>
  database.query
    .selectFrom('budgetWindows')
    .select(['heldNanoUsd', 'spentNanoUsd', 'presumedNanoUsd'])
    .where('key', 'like', 'day:%')
    .executeTakeFirst();

const close = (work: Work) =>
  work.database.transaction((query) => closeEnvelope(query, work.order.id, work.run.reservationId));

test('R-PIPE-3: the envelope is held, stands in the run and in the list of effects, and is the same one when asked again', async () => {
  const database = shared();
  const work = await scratchWork(database);
  const envelope = await reserveEnvelope(work, 10n * cent);
  expect(await reserveEnvelope(work, 99n * cent)).toEqual(envelope);
  expect(envelope.nanoUsd).toBe(10n * cent);
  expect((await day(database))?.heldNanoUsd).toBe(10n * cent);
  expect(await effectsOf(database.query, work.order.id)).toMatchObject([
    { kind: 'hold', state: 'done', key: `hold:${envelope.reservationId}` },
  ]);
});

test('fear: an answer that was lost makes a second hold, which nobody releases', async () => {
  const database = shared();
  const work = await scratchWork(database);
  const { reservationId } = await reserveEnvelope(work, 10n * cent);
  // What the process remembers is from before the commit.
  work.run.reservationId = null;
  expect(await reserveEnvelope(work, 10n * cent)).toEqual({ reservationId, nanoUsd: 10n * cent });
  expect((await day(database))?.heldNanoUsd).toBe(10n * cent);
});

test('R-BUD-1: of an estimate above the own limit of the work order, what the limit allows is held', async () => {
  const database = shared();
  const work = await scratchWork(database, { limitNanoUsd: 4n * cent });
  expect((await reserveEnvelope(work, 10n * cent)).nanoUsd).toBe(4n * cent);
});

test('R-BUD-1: over the limit nothing is held, and the failure says how much is gone', async () => {
  const database = shared();
  await sql`update system_config set value = '0.05' where key = 'budget.daily_limit_usd'`.execute(
    database.query,
  );
  const work = await scratchWork(database);
  await expect(reserveEnvelope(work, 10n * cent)).rejects.toMatchObject({
    code: 'BUDGET_EXCEEDED',
    failureClass: 'budget_exceeded',
    retryable: false,
    message:
      '$0.10 for this work order does not fit into the limit for today ($0.05, of which $0.00 is spent or set aside).',
  });
  expect(work.run.reservationId).toBeNull();
  expect(await day(database)).toBeUndefined();
  expect(await effectsOf(database.query, work.order.id)).toEqual([]);
});

test('R-BUD-1: where the own limit is used up, nothing is held', async () => {
  const database = shared();
  const work = await scratchWork(database, { limitNanoUsd: 4n * cent });
  await reserveEnvelope(work, 4n * cent);
  await bookCall(work, await drawCall(work, draw(4n * cent)), { costNanoUsd: 4n * cent, usage, calls: 1 });
  await close(work);
  await database.query.updateTable('runs').set({ reservationId: null }).execute();
  await expect(reserveEnvelope(work, cent)).rejects.toMatchObject({
    code: 'BUDGET_EXCEEDED',
    message: "The work order's own limit of $0.04 is used up.",
  });
});

test('R-BUD-2: of eight calls at once no more are drawn than the envelope holds', async () => {
  const database = shared();
  const work = await scratchWork(database);
  await reserveEnvelope(work, 10n * cent);
  const drawn = await Promise.allSettled(Array.from({ length: 8 }, () => drawCall(work, draw(3n * cent))));
  expect(drawn.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  for (const each of drawn) if (each.status === 'rejected') expect(each.reason.code).toBe('BUDGET_EXCEEDED');
  expect(await remainingNanoUsd(work)).toBe(cent);
});

test('R-BUD-2: a process that no longer carries the run can draw nothing', async () => {
  const database = shared();
  const work = await scratchWork(database);
  await reserveEnvelope(work, 10n * cent);
  await takeUp(database, work.run.id, 'another');
  await expect(drawCall(work, draw(cent))).rejects.toMatchObject({ code: 'FENCE_LOST' });
  expect(await costsOf(database.query, work.order.id)).toHaveLength(1);
});

test('R-BUD-2: what a call cost is booked once, even by a process that no longer carries the run', async () => {
  const database = shared();
  const work = await scratchWork(database);
  await reserveEnvelope(work, 10n * cent);
  const call = await drawCall(work, draw(3n * cent));
  await takeUp(database, work.run.id, 'another');
  for (let times = 0; times < 2; times++) await bookCall(work, call, { costNanoUsd: cent, usage, calls: 1 });
  expect(await theWorkOrder(database, work.order.id)).toMatchObject({
    ...{ costNanoUsd: cent, modelCalls: 1, inputTokens: 100n, outputTokens: 10n },
  });
  expect(await remainingNanoUsd(work)).toBe(9n * cent);
});

test('R-BUD-2: a call of unknown cost is presumed at its worst, one that was never billed is free', async () => {
  const database = shared();
  const work = await scratchWork(database);
  await reserveEnvelope(work, 10n * cent);
  await bookCall(work, await drawCall(work, draw(3n * cent)), { costNanoUsd: null, usage, calls: 1 });
  await voidCall(work, await drawCall(work, draw(2n * cent)));
  expect(await remainingNanoUsd(work)).toBe(7n * cent);
  await close(work);
  expect(await day(database)).toEqual({ heldNanoUsd: 0n, spentNanoUsd: 0n, presumedNanoUsd: 3n * cent });
  expect((await theWorkOrder(database, work.order.id)).costNanoUsd).toBe(3n * cent);
});

test('R-BUD-2: at the end of the run a call that nobody will answer any more is presumed; the rest is free', async () => {
  const database = shared();
  const work = await scratchWork(database);
  await reserveEnvelope(work, 10n * cent);
  await drawCall(work, draw(3n * cent));
  await close(work);
  await close(work);
  expect(await day(database)).toEqual({ heldNanoUsd: 0n, spentNanoUsd: 0n, presumedNanoUsd: 3n * cent });
  expect((await theWorkOrder(database, work.order.id)).costNanoUsd).toBe(3n * cent);
  expect(await effectsOf(database.query, work.order.id)).toMatchObject([{ kind: 'hold', state: 'undone' }]);
});

test('an envelope that lost answers have eaten is followed by another, within the own limit; a sound one is kept', async () => {
  const database = shared();
  const work = await scratchWork(database, { limitNanoUsd: 15n * cent });
  const { reservationId: first } = await reserveEnvelope(work, 10n * cent);
  await renewEnvelope(work, 10n * cent);
  expect(work.run.reservationId).toBe(first);
  await bookCall(work, await drawCall(work, draw(9n * cent)), { costNanoUsd: null, usage, calls: 1 });
  await renewEnvelope(work, 10n * cent);
  expect(work.run.reservationId).not.toBe(first);
  // Nine of fifteen are gone: the memory of the work order is older than that.
  expect(work.order.costNanoUsd).toBe(0n);
  expect(await remainingNanoUsd(work)).toBe(6n * cent);
  expect(await day(database)).toMatchObject({ heldNanoUsd: 6n * cent, presumedNanoUsd: 9n * cent });
});

test('what remains of no envelope is nothing', async () => {
  const database = shared();
  const work = await scratchWork(database);
  expect(await remainingNanoUsd(work)).toBe(0n);
  await closeEnvelope(database.query, work.order.id, null);
  await expect(drawCall({ ...work, run: { ...work.run, reservationId: null } }, draw(1n))).rejects.toThrow(
    TypeError,
  );
  expect(await settleUnknown(database)).toBe(false);
});

async function settleUnknown(database: Database): Promise<boolean> {
  const nobody = '00000000-0000-7000-8000-000000000000' as ReservationId;
  const { rows } = await sql<{ done: boolean }>`select settle_reservation(${nobody}, 1, 0) as done`.execute(
    database.query,
  );
  return rows[0]?.done === true;
}
