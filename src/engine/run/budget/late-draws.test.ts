// Draws of one call that meet, come late, or come on another day than their envelope.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { aDraw, dayOf, differences, goodEnd, ledgerGround } from './ledger-ground.fixture.ts';
import { openCallLedger } from './open-call-ledger.ts';

const shared = sharedDatabase();
const cent = 10_000_000n;

test('fear: a draw that is repeated after a lost answer finds no room, and its money is held for nobody', async () => {
  const { query } = shared();
  const ground = await ledgerGround(shared(), 10n * cent);
  const draw = aDraw(ground, 10n * cent);
  const lock = await query.startTransaction().execute();
  await sql`select from cost_tracking where id = ${ground.reservationId}::uuid for update`.execute(lock);
  const answers = [1, 2].map(() => openCallLedger(shared(), { answerMsMax: 60_000 }).draw(draw));
  const waiting = async () => {
    const { rows } = await sql`select from pg_stat_activity where datname = current_database()
      and wait_event_type = 'Lock' and query ~ 'draw_call'`.execute(query);
    return rows.length;
  };
  await expect.poll(waiting).toBe(2);
  await lock.rollback().execute();
  expect(await Promise.all(answers)).toEqual([{ kind: 'drawn' }, { kind: 'drawn' }]);
  expect(await differences(shared())).toEqual([]);
});

test('fear: a call that was ended or refused is drawn again, without money', async () => {
  const ground = await ledgerGround(shared(), 10n * cent);
  const ledger = openCallLedger(shared());
  const [ended, refused] = [aDraw(ground, cent), aDraw(ground, cent)];
  expect(await ledger.draw(ended)).toEqual({ kind: 'drawn' });
  await ledger.void(ended.callId, goodEnd);
  await ledger.refused(refused, 'ledger_away', goodEnd);
  expect(await Promise.all([ended, refused].map(ledger.draw))).toEqual([
    { kind: 'key_invalid' },
    { kind: 'key_invalid' },
  ]);
  expect(await dayOf(shared())).toEqual([10n * cent, 0n, 0n]);
  expect(await differences(shared())).toEqual([]);
});

test('fear: an envelope that is reserved across midnight never grows', async () => {
  const { query } = shared();
  const ground = await ledgerGround(shared(), cent);
  const { workOrderId, runId } = ground;
  const growing = { work_order_id: workOrderId, ceiling_nano_usd: String(9n * cent), step_nano_usd: '1' };
  // The transaction began on the day before.
  await sql`update runs set reservation_id = (select reservation_id from reserve_in_windows(${String(cent)}::bigint,
    'pipeline', ${JSON.stringify(growing)}::jsonb, now() - interval '1 day')) where id = ${runId}::uuid`.execute(
    query,
  );
  expect(await openCallLedger(shared()).draw(aDraw(ground, 5n * cent))).toEqual({ kind: 'drawn' });
  expect(await differences(shared())).toEqual([]);
});
