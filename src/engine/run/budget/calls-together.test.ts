// Calls of many clients are drawn and booked in batches, and none of them notices.
import { once } from 'node:events';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import type { Database } from '../../../store/database.ts';
import { aDraw, cost, differences, goodEnd, ledgerGround } from './ledger-ground.fixture.ts';
import { openCallLedger } from './open-call-ledger.ts';

const shared = sharedDatabase();
const cent = 10_000_000n;

/** Holds the lock of a row of `cost_tracking` until `free` is called. */
async function lockRow(id: string): Promise<{ free(): Promise<void> }> {
  const transaction = await shared().query.startTransaction().execute();
  await sql`select from cost_tracking where id = ${id}::uuid for update`.execute(transaction);
  return { free: async () => void (await transaction.rollback().execute()) };
}

async function twoEnvelopes() {
  const grounds = [
    await ledgerGround(shared(), 10n * cent),
    await ledgerGround(shared(), 10n * cent),
  ] as const;
  return { grounds, ledger: openCallLedger(shared(), { answerMsMax: 60_000 }) };
}

test('R-BUD-2: every call of a batch is answered for itself', async () => {
  const { grounds, ledger } = await twoEnvelopes();
  const [one, other] = grounds;
  const foreign = { ...aDraw(one, cent), keyHash: aDraw(other, cent).keyHash };
  const draws = [
    aDraw(one, 4n * cent),
    aDraw(one, 4n * cent),
    aDraw(one, 4n * cent),
    aDraw(other, 4n * cent),
    foreign,
    aDraw(other, 7n * cent),
  ];
  const answers = await Promise.all(draws.map(ledger.draw));
  expect(answers).toEqual([
    { kind: 'drawn' },
    { kind: 'drawn' },
    { kind: 'no_room', leftNanoUsd: 2n * cent, openNanoUsd: 8n * cent },
    { kind: 'drawn' },
    { kind: 'key_invalid' },
    { kind: 'no_room', leftNanoUsd: 6n * cent, openNanoUsd: 4n * cent },
  ]);
  const [settled, presumed, , cancelled] = draws.map(({ callId }) => callId) as [
    string,
    string,
    string,
    string,
  ];
  const unknown = aDraw(one, cent).callId;
  expect(
    await Promise.all([
      ledger.settle(settled, cost(cent), goodEnd),
      ledger.settle(settled, cost(2n * cent), goodEnd),
      ledger.presume(presumed, goodEnd),
      ledger.void(cancelled, goodEnd),
      ledger.void(unknown, goodEnd),
    ]),
  ).toEqual([true, false, true, true, false]);
  expect(await differences(shared())).toEqual([]);
});

test('fear: a call whose envelope is locked delays the calls of others', async () => {
  const { grounds, ledger } = await twoEnvelopes();
  const [locked, free] = grounds;
  const before = [aDraw(locked, cent), aDraw(free, cent)] as const;
  await Promise.all(before.map(ledger.draw));
  const lock = await lockRow(locked.reservationId);
  const order: string[] = [];
  const told = (name: string) => () => void order.push(name);
  // More than the database has connections.
  const many = Array.from({ length: 20 }, () => ledger.draw(aDraw(locked, 0n)));
  const late = [
    Promise.all(many).then(told('locked')),
    Promise.all(many.map(() => ledger.settle(before[0].callId, cost(cent), goodEnd))).then(told('locked')),
  ];
  await ledger.draw(aDraw(free, cent)).then(told('free'));
  await ledger.settle(before[1].callId, cost(cent), goodEnd).then(told('free'));
  expect(order).toEqual(['free', 'free']);
  await lock.free();
  await Promise.all(late);
  expect(order).toEqual(['free', 'free', 'locked', 'locked']);
  expect(await differences(shared())).toEqual([]);
});

test('fear: a booking that the database refuses takes those of other calls with it', async () => {
  const { grounds, ledger } = await twoEnvelopes();
  const draws = grounds.map((ground) => aDraw(ground, cent));
  await Promise.all(draws.map(ledger.draw));
  const [one, other] = draws.map(({ callId }) => callId) as [string, string];
  const answers = await Promise.allSettled([
    ledger.shrink(one, cent / 2n),
    ledger.settle(one, cost(-1n), goodEnd),
    ledger.settle(other, cost(cent), goodEnd),
  ]);
  expect(answers).toMatchObject([
    { status: 'fulfilled' },
    { status: 'rejected', reason: { code: 'RESERVATION_INVALID' } },
    { status: 'fulfilled', value: true },
  ]);
  expect(await ledger.settle(one, cost(cent), goodEnd)).toBe(true);
  expect(await differences(shared())).toEqual([]);
});

test('R-BUD-3: calls of many clients on few envelopes never draw more than there is', async () => {
  const { grounds, ledger } = await twoEnvelopes();
  // A second gateway, whose batches meet those of the first.
  const ledgers = [ledger, openCallLedger(shared())];
  const draws = Array.from({ length: 60 }, (_, n) => aDraw(grounds[n % 2] as (typeof grounds)[0], cent / 2n));
  const drawn = await Promise.all(draws.map((draw, n) => ledgers[(n % 3) % 2]?.draw(draw)));
  expect(drawn.filter((answer) => answer?.kind === 'drawn')).toHaveLength(40);
  const booked = await Promise.all(
    draws.map(({ callId }, n) => ledgers[n % 2]?.settle(callId, cost(cent / 2n), goodEnd)),
  );
  expect(booked.filter(Boolean)).toHaveLength(40);
  expect(await differences(shared())).toEqual([]);
});

test('R-BUD-2: a booking shares the commit of the next draw, which finds the money that it releases', async () => {
  const ground = await ledgerGround(shared(), 10n * cent);
  const ledger = openCallLedger(shared());
  const first = aDraw(ground, 10n * cent);
  expect(await ledger.draw(first)).toEqual({ kind: 'drawn' });
  const second = aDraw(ground, 9n * cent);
  const [booked, drawn] = await Promise.all([
    ledger.settle(first.callId, cost(cent), goodEnd),
    ledger.draw(second),
  ]);
  expect([booked, drawn]).toEqual([true, { kind: 'drawn' }]);
  // Of both rows, the last change is of the transaction that drew the second call.
  const { rows } = await sql<{
    times: number;
  }>`select count(distinct xmin::text)::int as times from cost_tracking
    where id = any (${[first.callId, second.callId]}::uuid[])`.execute(shared().query);
  expect(rows).toEqual([{ times: 1 }]);
  expect(await differences(shared())).toEqual([]);
});

test('fear: a draw waits for the windows that the bookings of its batch need', async () => {
  const ground = await ledgerGround(shared(), 10n * cent);
  const ledger = openCallLedger(shared());
  const first = aDraw(ground, cent);
  await ledger.draw(first);
  const transaction = await shared().query.startTransaction().execute();
  await sql`select lock_windows()`.execute(transaction);
  const order: string[] = [];
  const booked = ledger.settle(first.callId, cost(cent), goodEnd).then(() => void order.push('booked'));
  await ledger.draw(aDraw(ground, cent));
  order.push('drawn');
  await transaction.rollback().execute();
  await booked;
  expect(order).toEqual(['drawn', 'booked']);
  expect(await differences(shared())).toEqual([]);
});

test('fear: bookings are lost with the draws that a silent database does not answer in time', async () => {
  const ground = await ledgerGround(shared(), 10n * cent);
  const first = aDraw(ground, cent);
  await openCallLedger(shared()).draw(first);
  let isAway = true;
  const back = Promise.withResolvers<void>();
  const away = {
    ...shared(),
    run: (async (work, signal) => {
      if (!isAway) return shared().run(work, signal);
      const aborted = once(signal ?? new AbortController().signal, 'abort');
      await Promise.race([aborted, back.promise]);
      signal?.throwIfAborted();
      return shared().run(work, signal);
    }) satisfies Database['run'],
  };
  const ledger = openCallLedger(away, { answerMsMax: 50 });
  const booked = ledger.settle(first.callId, cost(cent), goodEnd);
  await expect(ledger.draw(aDraw(ground, cent))).rejects.toMatchObject({ code: 'LEDGER_AWAY' });
  isAway = false;
  back.resolve();
  expect(await booked).toBe(true);
  expect(await differences(shared())).toEqual([]);
});
