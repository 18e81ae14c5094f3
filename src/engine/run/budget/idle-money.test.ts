// Money is held by calls, not by runs: what no call has drawn serves the calls of others, and counts only for admission (R-GO-6).
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import type { Database } from '../../../store/database.ts';
import { roomOf } from '../../../store/money/costs.ts';
import { beatGateway } from '../../../store/money/gateways.ts';
import { scratchWork } from '../../scratch-work.fixture.ts';
import type { Work } from '../work.ts';
import { closeEnvelope, type EnvelopeSize, reserveEnvelope } from './envelope.ts';
import { aDraw, cost, dayOf, differences, goodEnd } from './ledger-ground.fixture.ts';
import { openCallLedger } from './open-call-ledger.ts';

const shared = sharedDatabase();

const cent = 10_000_000n;
const dollar = 100n * cent;
const grows = { estimateNanoUsd: dollar, ceilingNanoUsd: 5n * dollar };

const limitDay = (database: Database, usd: string) =>
  sql`update system_config set value = ${usd}::jsonb where key = 'budget.daily_limit_usd'`.execute(
    database.query,
  );

/** A work order of its own under way, and how its calls draw. */
async function underWay(database: Database, size: EnvelopeSize = grows) {
  const work = await scratchWork(database);
  await reserveEnvelope(work, size);
  return { work, ...(await callsOf(work)) };
}

async function callsOf(work: Work) {
  const ledger = openCallLedger(work.database);
  const made = { key: await work.runKeys.keyOf(work), gatewayId: randomUUID() };
  await beatGateway(work.database.query, { id: made.gatewayId, host: 'here' });
  const draw = async (nanoUsd: bigint) => {
    const call = aDraw(made, nanoUsd);
    return { callId: call.callId, answer: await ledger.draw(call) };
  };
  const pay = (callId: string, nanoUsd: bigint) => ledger.settle(callId, cost(nanoUsd), goodEnd);
  return { draw, pay };
}

const roomNow = ({ database, run }: Work) =>
  run.reservationId === null ? undefined : roomOf(database.query, run.reservationId);

test('R-GO-6: a call takes what others have reserved and not drawn, up to the limit and no further', async () => {
  const database = shared();
  await limitDay(database, '3');
  const [first, second, third] = [
    await underWay(database),
    await underWay(database),
    await underWay(database),
  ];
  expect((await second.draw(20n * cent)).answer).toEqual({ kind: 'drawn' });
  expect((await first.draw(250n * cent)).answer).toEqual({ kind: 'drawn' });
  expect(await dayOf(database)).toEqual([3n * dollar, 0n, 0n]);
  expect(await third.draw(31n * cent)).toMatchObject({
    answer: { kind: 'no_room', leftNanoUsd: 30n * cent, openNanoUsd: 270n * cent },
  });
  expect((await third.draw(30n * cent)).answer).toEqual({ kind: 'drawn' });
  expect(await differences(database)).toEqual([]);
});

test('R-GO-6: once the call that took it has settled, the lender draws all of its own again', async () => {
  const database = shared();
  await limitDay(database, '2');
  const [lender, taker] = [
    await underWay(database, { ...grows, ceilingNanoUsd: null }),
    await underWay(database),
  ];
  const { callId } = await taker.draw(190n * cent);
  expect((await lender.draw(50n * cent)).answer).toMatchObject({ kind: 'no_room', leftNanoUsd: 10n * cent });
  await taker.pay(callId, 2n * cent);
  expect((await lender.draw(dollar)).answer).toEqual({ kind: 'drawn' });
  expect((await lender.draw(1n)).answer).toMatchObject({ kind: 'no_room', leftNanoUsd: 0n });
  expect(await differences(database)).toEqual([]);
});

test('R-GO-6: what a run still expects to need is not given to a new one, although another call has it', async () => {
  const database = shared();
  await limitDay(database, '3');
  const [first] = [await underWay(database), await underWay(database)];
  const { callId } = await first.draw(250n * cent);
  await first.pay(callId, 110n * cent);
  const next = await scratchWork(database);
  // 1.10 are spent, and 1.00 is what the second run expects to need; the first may grow on.
  const rest = { estimateNanoUsd: 90n * cent, ceilingNanoUsd: null };
  await expect(reserveEnvelope(next, { ...rest, estimateNanoUsd: 95n * cent })).rejects.toMatchObject({
    code: 'MONEY_AWAITED',
  });
  await closeEnvelope(database.query, first.work.order.id, first.work.run.reservationId);
  expect(await reserveEnvelope(next, rest)).toMatchObject({ nanoUsd: 90n * cent });
});

test('R-GO-6: a run that needs more than what is left begins with that, if it is alone; others wait until it has ended', async () => {
  const database = shared();
  await limitDay(database, '0.6');
  const { work, draw, pay } = await underWay(database);
  expect(await roomNow(work)).toMatchObject({ leftNanoUsd: 60n * cent, ceilingLeftNanoUsd: 500n * cent });
  const { callId } = await draw(60n * cent);
  await pay(callId, 10n * cent);
  const small = await scratchWork(database);
  await expect(reserveEnvelope(small, { estimateNanoUsd: cent, ceilingNanoUsd: null })).rejects.toMatchObject(
    { code: 'MONEY_AWAITED' },
  );
  await closeEnvelope(database.query, work.order.id, work.run.reservationId);
  expect(await reserveEnvelope(small, grows)).toMatchObject({ nanoUsd: dollar });
  expect(await roomNow(small)).toMatchObject({ leftNanoUsd: 50n * cent });
});

test('fear: calls of many runs that take from one another at the same moment hold more than the limit, or block each other', async () => {
  const database = shared();
  await limitDay(database, '5');
  const runs = await Promise.all(Array.from({ length: 5 }, () => underWay(database)));
  let drawn = 0;
  for (let turn = 0; turn < 8; turn += 1) {
    const answers = await Promise.all(runs.flatMap(({ draw }) => [draw(45n * cent), draw(25n * cent)]));
    const [held = 0n, spent = 0n, presumed = 0n] = await dayOf(database);
    expect(held + spent + presumed).toBeLessThanOrEqual(5n * dollar);
    const got = answers.flatMap(({ callId, answer }, n) => (answer.kind === 'drawn' ? [{ callId, n }] : []));
    drawn += got.length;
    const pays = got.map(({ callId, n }) => runs[Math.floor(n / 2)]?.pay(callId, 3n * cent));
    await Promise.all(pays);
  }
  expect(drawn).toBeGreaterThanOrEqual(70);
  expect(await differences(database)).toEqual([]);
});

// Runs of 20 turns under one day's limit, as agents really call: more input at each turn, of which most is read from the
// cache, so that the worst case of a call is many times what it costs in the end.
test.each([
  { count: 12, estimateNanoUsd: dollar, fits: true },
  { count: 20, estimateNanoUsd: dollar / 2n, fits: false },
])(
  'R-GO-6: of $count runs at once, at least 90 % of the limit is spent before a call finds no room, and none if it is enough: $fits',
  async ({ count, estimateNanoUsd, fits }) => {
    const database = shared();
    await limitDay(database, '12');
    const size = { estimateNanoUsd, ceilingNanoUsd: 5n * dollar };
    const runs = await Promise.all(Array.from({ length: count }, () => underWay(database, size)));
    const seen: Seen = { spent: 0n, refusedAt: null, paid: Promise.withResolvers() };
    await Promise.all(runs.map((run) => callInTurns(run, seen)));
    if (fits) expect(seen.refusedAt).toBeNull();
    else expect(seen.refusedAt).toBeGreaterThanOrEqual((12n * dollar * 9n) / 10n);
    const [, booked] = await dayOf(database);
    expect(booked).toBe(seen.spent);
    expect(booked).toBeLessThanOrEqual(12n * dollar);
    expect(await differences(database)).toEqual([]);
  },
);

interface Seen {
  spent: bigint;
  refusedAt: bigint | null;
  /** Of the next call that is paid. */
  paid: PromiseWithResolvers<void>;
}

async function callInTurns({ draw, pay }: Awaited<ReturnType<typeof callsOf>>, seen: Seen): Promise<void> {
  for (let turn = 0; turn < 20 && seen.refusedAt === null; ) {
    const { promise: someHasPaid } = seen.paid;
    const worst = BigInt(60 + 3 * turn) * cent;
    const costs = BigInt(3 + Math.floor(turn / 10)) * cent;
    let { callId, answer } = await draw(worst);
    // With nothing to wait for, the gateway asks for a shorter answer.
    if (answer.kind === 'no_room' && answer.openNanoUsd === 0n && answer.leftNanoUsd >= 10n * cent)
      ({ callId, answer } = await draw(answer.leftNanoUsd));
    if (answer.kind === 'drawn') {
      await pay(callId, costs);
      seen.spent += costs;
      turn += 1;
      seen.paid.resolve();
      seen.paid = Promise.withResolvers();
    } else if (answer.kind !== 'no_room') throw new TypeError(answer.kind);
    else if (answer.openNanoUsd > 0n) await someHasPaid;
    else if (answer.leftNanoUsd < 10n * cent) seen.refusedAt ??= seen.spent;
  }
}
