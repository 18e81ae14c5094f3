import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { aWorkOrderAtWork, theWorkOrder } from '../work/scratch-rows.fixture.ts';
import { proveBudget } from './budget-proof.ts';
import { cancelReservation, reserveBudget, updateReservationWithActual } from './costs.ts';

const shared = sharedDatabase();
const usd = (amount: number) => BigInt(amount) * 1_000_000_000n;

test('R-BUD-1: a reservation that is used up without a call becomes one call', async () => {
  const database = shared();
  const { workOrderId } = await aWorkOrderAtWork(database);
  const metadata = { work_order_id: workOrderId };
  const { reservationId } = await reserveBudget(database.query, usd(3), 'reviewer', metadata);
  const other = await reserveBudget(database.query, usd(4), 'reviewer', metadata);
  if (!reservationId || !other.reservationId) throw new Error('It was refused');
  expect(await updateReservationWithActual(database.query, reservationId, usd(1))).toBe(true);
  expect(await updateReservationWithActual(database.query, reservationId, usd(1))).toBe(false);
  expect(await cancelReservation(database.query, other.reservationId)).toBe(true);
  const [day] = await database.query.selectFrom('budgetWindows').selectAll().orderBy('key').execute();
  expect(day).toMatchObject({ heldNanoUsd: 0n, spentNanoUsd: usd(1) });
  expect(await proveBudget(database.query)).toEqual([]);
  const rows = await database.query
    .selectFrom('costTracking')
    .select(['type', 'status', 'actualNanoUsd', 'reservationId'])
    .orderBy('createdAt')
    .execute();
  expect(rows).toEqual([
    { type: 'reservation', status: 'settled', actualNanoUsd: usd(1), reservationId: null },
    { type: 'reservation', status: 'cancelled', actualNanoUsd: 0n, reservationId: null },
    { type: 'actual', status: 'settled', actualNanoUsd: usd(1), reservationId },
  ]);
  expect((await theWorkOrder(database, workOrderId)).costNanoUsd).toBe(usd(1));
});
