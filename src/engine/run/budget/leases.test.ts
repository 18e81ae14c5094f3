// Leases of a gateway: what busy keys draw without a commit, and what becomes of it when something breaks.
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import type { ReservationId } from '../../../domain/ids.ts';
import { until } from '../../../stdx/async/until.fixture.ts';
import { cancelReservation } from '../../../store/money/costs.ts';
import { bookCall } from '../../../store/money/draw-and-book-calls.ts';
import { hashOfKey, type IssuedKey, issueKey, revokeKeys } from '../../../store/money/gateway-keys.ts';
import { beatGateway, reapCalls } from '../../../store/money/gateways.ts';
import {
  drawLease,
  endLease,
  type LeasedCall,
  undoLease,
  writeLeasedCalls,
} from '../../../store/money/leases.ts';
import { callsOfSession } from '../../../store/work/sessions/session-calls.ts';
import type { CallDraw, CallLedger } from './call-ledger.ts';
import { LeasedCalls } from './leased-calls.ts';
import { type LeaseActs, Leases } from './leases.ts';
import {
  aDraw,
  aSession,
  cost,
  differences,
  goodEnd,
  type LedgerGround,
  ledgerGround,
} from './ledger-ground.fixture.ts';
import { openCallLedger } from './open-call-ledger.ts';

const shared = sharedDatabase();
const cent = 10_000_000n;

async function aGateway(envelopeNanoUsd = 1_000n * cent) {
  const ground = await ledgerGround(shared(), envelopeNanoUsd);
  const leases = {
    report: (what: string, cause: unknown) => {
      throw new Error(`Could not ${what}`, { cause });
    },
  };
  return { ground, ledger: openCallLedger(shared(), { answerMsMax: 60_000, leases }) };
}

const rowsOf = ({ reservationId }: LedgerGround) =>
  shared()
    .query.selectFrom('costTracking')
    .select(['id', 'status', 'reservedNanoUsd', 'actualNanoUsd', 'isLease'])
    .where('reservationId', '=', reservationId)
    .execute();

const settled = {
  kind: 'settle' as const,
  nanoUsd: cent / 2n,
  usage: null,
  pricedBy: null,
  end: goodEnd,
};

/** Of ten calls. Returns its ID. */
async function aLease(ground: LedgerGround): Promise<string> {
  const lease = aDraw(ground, cent);
  await drawLease(shared().query, lease.callId, lease, { nanoUsd: 10n * cent, leftLeastNanoUsd: 0n });
  return lease.callId;
}

/** Draws calls until one has a lease, which has no row of its own yet. Returns all of them. */
async function busy(ledger: CallLedger, ground: LedgerGround, nanoUsd = cent): Promise<CallDraw[]> {
  const draws: CallDraw[] = [];
  await until('there is a lease', async () => {
    // At once, so that a slow machine does not make them rare.
    const more = Array.from({ length: 4 }, () => aDraw(ground, nanoUsd));
    draws.push(...more);
    await Promise.all(more.map(ledger.draw));
    const known = draws.map(({ callId }) => callId);
    return (await rowsOf(ground)).some(({ id }) => !known.includes(id));
  });
  return draws;
}

test('R-BUD-13: calls of a busy key are in its lease, get their rows and costs, and the rest is given back', async () => {
  const { ground, ledger } = await aGateway();
  const draws = await busy(ledger, ground);
  const more = Array.from({ length: 3 }, () => aDraw(ground, cent));
  for (const draw of more) expect(await ledger.draw(draw)).toEqual({ kind: 'drawn' });
  const all = [...draws, ...more];
  const [open, ...ended] = all;
  await Promise.all(ended.map(({ callId }) => ledger.settle(callId, cost(cent / 2n), goodEnd)));
  expect(await differences(shared())).toEqual([]);
  await ledger.close();
  const rows = await rowsOf(ground);
  expect(rows.map(({ id }) => id).toSorted()).toEqual(all.map(({ callId }) => callId).toSorted());
  expect(rows.filter(({ status }) => status === 'settled')).toHaveLength(ended.length);
  expect(rows.find(({ id }) => id === open?.callId)).toMatchObject({ status: 'sent', reservedNanoUsd: cent });
  expect(await differences(shared())).toEqual([]);
});

test('fear: a gateway dies, and the calls whose rows are missing were free', async () => {
  const { ground, ledger } = await aGateway();
  const draws = await busy(ledger, ground);
  // Nobody hears of this gateway again: as if it were killed, with calls on their way.
  await shared()
    .query.updateTable('gateways')
    .set({ heartbeatAt: new Date(0) })
    .where('id', '=', ground.gatewayId)
    .execute();
  for (const _ of [1, 2]) await reapCalls(shared().query, { silenceMs: 0, betweenLooksMs: 0 });
  const after = await rowsOf(ground);
  expect(after.every(({ status }) => status === 'presumed')).toBe(true);
  const presumed = after.reduce((sum, { actualNanoUsd }) => sum + (actualNanoUsd ?? 0n), 0n);
  expect(presumed).toBeGreaterThanOrEqual(BigInt(draws.length) * cent);
  expect(await differences(shared())).toEqual([]);
  await ledger.close();
});

test('fear: a gateway that was believed dead goes on, and its lease is free money or counted twice', async () => {
  const { ground, ledger } = await aGateway();
  await busy(ledger, ground);
  await shared()
    .query.updateTable('gateways')
    .set({ heartbeatAt: new Date(0) })
    .where('id', '=', ground.gatewayId)
    .execute();
  for (const _ of [1, 2]) await reapCalls(shared().query, { silenceMs: 0, betweenLooksMs: 0 });
  await beatGateway(shared().query, { id: ground.gatewayId, host: 'here' });
  const late = aDraw(ground, cent);
  expect(await ledger.draw(late)).toEqual({ kind: 'drawn' });
  expect(await ledger.settle(late.callId, cost(cent / 4n), goodEnd)).toBe(true);
  await ledger.close();
  const rows = await rowsOf(ground);
  expect(rows.find(({ id }) => id === late.callId)).toMatchObject({
    status: 'settled',
    actualNanoUsd: cent / 4n,
  });
  expect(rows.every(({ status }) => status === 'presumed' || status === 'settled')).toBe(true);
  expect(await differences(shared())).toEqual([]);
});

test('fear: an envelope is closed while its lease is in use', async () => {
  const { ground, ledger } = await aGateway();
  await busy(ledger, ground);
  const late = aDraw(ground, cent);
  await Promise.all([ledger.draw(late), cancelReservation(shared().query, ground.reservationId)]);
  await ledger.settle(late.callId, cost(cent / 4n), goodEnd);
  expect(await differences(shared())).toEqual([]);
  await ledger.close();
  expect(await differences(shared())).toEqual([]);
  const more = aDraw(ground, cent);
  expect(await ledger.draw(more)).toEqual({ kind: 'key_invalid' });
});

test('fear: the answer of a lease is lost, and its money is held forever', async () => {
  const { ground } = await aGateway();
  const { query } = shared();
  const size = { nanoUsd: cent, leftLeastNanoUsd: 0n };
  const [early, late] = [aDraw(ground, cent), aDraw(ground, cent)];
  expect(await drawLease(query, early.callId, early, size)).toMatchObject({
    envelopeId: ground.reservationId,
  });
  await undoLease(query, early.callId, early);
  await undoLease(query, late.callId, late);
  expect(await drawLease(query, late.callId, late, size)).toBeNull();
  expect((await rowsOf(ground)).every(({ status }) => status === 'cancelled')).toBe(true);
  expect(await differences(shared())).toEqual([]);
});

test('fear: a batch of calls waits for one whose rows are locked', async () => {
  const { ground, ledger } = await aGateway();
  const other = await ledgerGround(shared(), 1_000n * cent);
  for (const each of [ground, other]) await busy(ledger, each);
  const [locked, free] = [aDraw(ground, cent), aDraw(other, cent)];
  const isWritten = async (of: LedgerGround, { callId }: CallDraw) =>
    (await rowsOf(of)).some(({ id }) => id === callId);
  const holder = await shared().query.startTransaction().execute();
  await holder
    .selectFrom('costTracking')
    .select('id')
    .where('id', '=', ground.reservationId)
    .forUpdate()
    .execute();
  // Without its lease, which an idle moment ends, it waits for the row.
  const lockedDrawn = ledger.draw(locked);
  expect(await ledger.draw(free)).toEqual({ kind: 'drawn' });
  await until('the free one is written', () => isWritten(other, free));
  expect(await isWritten(ground, locked)).toBe(false);
  await holder.rollback().execute();
  expect(await lockedDrawn).toEqual({ kind: 'drawn' });
  await until('the locked one is written', () => isWritten(ground, locked));
  await ledger.close();
  expect(await differences(shared())).toEqual([]);
});

test('R-BUD-13: near the limit nothing is leased, and what is leased goes back to a call that needs it', async () => {
  const { ground, ledger } = await aGateway(30n * cent);
  await until('there is a lease', async () => {
    const draws = Array.from({ length: 4 }, () => aDraw(ground, cent));
    await Promise.all(draws.map(ledger.draw));
    const rows = await rowsOf(ground);
    for (const { callId } of draws) await ledger.settle(callId, cost(0n), goodEnd);
    return rows.some(({ isLease }) => isLease);
  });
  expect(await ledger.draw(aDraw(ground, 28n * cent))).toEqual({ kind: 'drawn' });
  for (const small of [aDraw(ground, cent), aDraw(ground, cent)]) {
    expect(await ledger.draw(small)).toEqual({ kind: 'drawn' });
    expect((await rowsOf(ground)).map(({ id }) => id)).toContain(small.callId);
  }
  await ledger.close();
  expect(await differences(shared())).toEqual([]);
});

test('R-BUD-13: all keys of an envelope use its lease, but not one that is revoked, nor one of another envelope', async () => {
  const { ground, ledger } = await aGateway();
  const other = await ledgerGround(shared(), 1_000n * cent);
  const issued = () =>
    issueKey(shared().query, { workOrderId: ground.workOrderId, runId: ground.runId, serviceName: 'agent' });
  const [second, revoked, own] = [
    await issued(),
    await issued(),
    await issueKey(shared().query, {
      workOrderId: ground.workOrderId,
      runId: ground.runId,
      serviceName: 'pipeline',
    }),
  ];
  for (const key of [ground.key, second, revoked, own]) await ledger.verifyKey(key.id, hashOfKey(key.secret));
  await revokeKeys(shared().query, { keyId: revoked.id });
  await busy(ledger, ground);
  const hasRow = async ({ callId }: CallDraw, of = ground) =>
    (await rowsOf(of)).some(({ id }) => id === callId);
  const drawnBy = async (key: IssuedKey) => {
    const draw = aDraw({ ...ground, key }, cent);
    return { draw, answer: await ledger.draw(draw) };
  };
  const leased = await drawnBy(second);
  expect(leased.answer).toEqual({ kind: 'drawn' });
  expect(await hasRow(leased.draw)).toBe(false);
  expect((await drawnBy(revoked)).answer).toEqual({ kind: 'key_invalid' });
  const exact = await drawnBy(own);
  expect(await hasRow(exact.draw)).toBe(true);
  const elsewhere = aDraw({ ...other, gatewayId: ground.gatewayId }, cent);
  await ledger.draw(elsewhere);
  expect(await hasRow(elsewhere, other)).toBe(true);
  await ledger.close();
  const row = await shared()
    .query.selectFrom('costTracking')
    .select(['keyId', 'status'])
    .where('id', '=', leased.draw.callId as ReservationId)
    .executeTakeFirst();
  expect(row).toEqual({ keyId: second.id, status: 'sent' });
  expect(await differences(shared())).toEqual([]);
});

test('fear: the end of a session misses calls whose rows are not written, or waits for the calls of others', async () => {
  const ground = await ledgerGround(shared(), 1_000n * cent);
  const { query } = shared();
  const { workOrderId, runId } = ground;
  const session = await aSession(shared(), ground);
  const key = await issueKey(query, { workOrderId, runId, sessionId: session, serviceName: 'agent' });
  expect(await callsOfSession(query, session)).toMatchObject({ openCalls: 0, openLeases: 0 });
  const lease = aDraw({ ...ground, key }, cent);
  await drawLease(query, lease.callId, lease, { nanoUsd: cent, leftLeastNanoUsd: 0n });
  const now = await callsOfSession(query, session);
  expect(now).toMatchObject({ openCalls: 0, openLeases: 1, idleMs: null });
  await endLease(query, lease.callId);
  const later = aDraw({ ...ground, key }, cent);
  await drawLease(query, later.callId, later, { nanoUsd: cent, leftLeastNanoUsd: 0n });
  expect(await callsOfSession(query, session, now.readAt)).toMatchObject({ openLeases: 0 });
  await endLease(query, later.callId);
  expect(await differences(shared())).toEqual([]);
});

const someone = { key: { id: 'key', secret: 'secret' }, gatewayId: 'gateway' } as Pick<
  LedgerGround,
  'key' | 'gatewayId'
>;

const lent = () => ({ envelopeId: 'key', keys: new Map([['key', aDraw(someone, cent).keyHash]]) });

/** A ledger that always lends. */
function recorded() {
  const did = { end: [] as string[], undo: [] as string[], write: [] as string[], report: [] as string[] };
  const acts: LeaseActs = {
    ask: () => Promise.resolve(lent()),
    end: (id) => Promise.resolve(void did.end.push(id)),
    undo: (id) => Promise.resolve(void did.undo.push(id)),
    write: (_, { callId }) => void did.write.push(callId),
    report: (what) => void did.report.push(what),
  };
  return { did, acts };
}

const untilTaken = (leases: Leases) => until('a call is in a lease', () => leases.take(aDraw(someone, cent)));

test('R-BUD-13: a lease is used for two seconds, a stopped key has none, nor has a model whose bound was wrong', async () => {
  const { did, acts } = recorded();
  let nowMs = 0;
  const leases = new Leases(acts, () => nowMs);
  const take = () => leases.take(aDraw(someone, cent));
  const lend = async () => {
    for (let calls = 0; calls < 4; calls++) take();
    await until('there is a lease', take);
  };
  await lend();
  nowMs += 1_999;
  expect(take()).toBe(true);
  await lend();
  nowMs += 2_000;
  expect(take()).toBe(false);
  await lend();
  expect(await leases.drop({ keyId: 'another' })).toBe(false);
  expect(await leases.drop({ keyId: 'key' })).toBe(true);
  expect(take()).toBe(false);
  await lend();
  expect(await leases.drop({ model: 'scripted/light' })).toBe(true);
  expect(take()).toBe(false);
  await lend();
  leases.stop('another');
  expect(take()).toBe(true);
  leases.stop('key');
  for (let calls = 0; calls < 8; calls++) expect(take()).toBe(false);
  await leases.close();
  expect(new Set(did.end).size).toBe(did.end.length);
  expect(did.write.length).toBeGreaterThan(4);
});

test('fear: a key is stopped while a lease for it is asked for, and gets it', async () => {
  const { acts } = recorded();
  const asked = Promise.withResolvers<ReturnType<typeof lent>>();
  const leases = new Leases({ ...acts, ask: () => asked.promise });
  for (let calls = 0; calls < 4; calls++) leases.take(aDraw(someone, cent));
  leases.stop('key');
  asked.resolve(lent());
  await setImmediate();
  expect(leases.take(aDraw(someone, cent))).toBe(false);
  await leases.close();
});

test('R-BUD-2: a lease with a call that cannot be written is not given back, and people are told', async () => {
  const { ground } = await aGateway();
  const lost: unknown[] = [];
  const leased = new LeasedCalls(
    (work) => shared().run(work),
    (cause) => lost.push(cause),
  );
  const lease = await aLease(ground);
  leased.write(lease, aDraw(ground, cent));
  leased.write(lease, { ...aDraw(ground, cent), callId: 'none' });
  await leased.end(lease);
  expect(lost).toEqual([expect.objectContaining({ message: expect.stringContaining('uuid') })]);
  const rows = await rowsOf(ground);
  expect(rows.find(({ isLease }) => isLease)).toMatchObject({ status: 'sent', reservedNanoUsd: 9n * cent });
  expect(rows).toHaveLength(2);
  expect(await differences(shared())).toEqual([]);
});

test('R-BUD-13: the last calls of a lease give it back, also if the answer is lost or it was presumed', async () => {
  const { ground } = await aGateway();
  const leases = await Promise.all([aLease(ground), aLease(ground), aLease(ground)]);
  const [over, presumed, inUse] = leases as [string, string, string];
  await bookCall(shared().query, { ...settled, callId: presumed, kind: 'presume', nanoUsd: null });
  const calls: LeasedCall[] = leases.flatMap((leaseId) =>
    [aDraw(ground, cent), aDraw(ground, cent)].map((draw, index) => ({
      leaseId,
      draw,
      settled: index === 0 ? { ...settled, callId: draw.callId } : null,
    })),
  );
  expect(await writeLeasedCalls(shared().query, calls, [over, presumed])).toEqual([
    ...['done', 'written'],
    ...['written', 'written'],
    ...['done', 'written'],
  ]);
  const rows = await rowsOf(ground);
  expect(rows.filter(({ isLease }) => isLease)).toEqual([
    expect.objectContaining({ id: inUse, reservedNanoUsd: 8n * cent }),
  ]);
  expect(rows.map(({ status }) => status).toSorted()).toEqual([
    ...['presumed', 'presumed', 'sent', 'sent', 'sent', 'settled', 'settled'],
  ]);
  expect(await differences(shared())).toEqual([]);
  // Again, because its answer was lost.
  const again = await writeLeasedCalls(shared().query, calls, [over, presumed]);
  expect(new Set(again)).toEqual(new Set(['written']));
  expect(await rowsOf(ground)).toHaveLength(rows.length);
  expect(await differences(shared())).toEqual([]);
  const late = { leaseId: over, draw: aDraw(ground, cent), settled: null };
  await expect(writeLeasedCalls(shared().query, [late])).rejects.toThrow('given back');
});

test('R-BUD-2: a lease whose answer is lost is undone, and one that cannot be given back is told', async () => {
  const { did, acts } = recorded();
  const lost = new Leases({ ...acts, ask: () => Promise.reject(new Error('away')) });
  await until('it is undone', () => lost.take(aDraw(someone, cent)) || did.undo.length > 0);
  await lost.close();
  expect(did.end).toEqual([]);
  const kept = new Leases({ ...acts, end: () => Promise.reject(new Error('away')) });
  await untilTaken(kept);
  await kept.close();
  expect(new Set(did.report)).toEqual(
    new Set([
      'lease money, so calls are drawn one by one',
      'give a lease back, which is presumed when this gateway is gone',
    ]),
  );
});
