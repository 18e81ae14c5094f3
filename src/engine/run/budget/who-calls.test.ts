import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { cancelReservation } from '../../../store/money/costs.ts';
import { countLiveKeys, issueKey, revokeKeys } from '../../../store/money/gateway-keys.ts';
import { endGateway, reapCalls } from '../../../store/money/gateways.ts';
import { callsOfSession } from '../../../store/work/sessions/session-calls.ts';
import { updateSession } from '../../../store/work/sessions/session-rows.ts';
import { aDraw, aSession, cost, dayOf, differences, goodEnd, ledgerGround } from './ledger-ground.fixture.ts';
import { openCallLedger } from './open-call-ledger.ts';

const shared = sharedDatabase();
const cent = 10_000_000n;
const drawn = { kind: 'drawn' };

async function ground(envelope = 10n * cent, given = {}) {
  const database = shared();
  const made = await ledgerGround(database, envelope, given);
  return { database, made, ledger: openCallLedger(database) };
}

test('R-BUD-6: a key is valid with its own secret, until it is revoked or expires, or its envelope is closed', async () => {
  const { database, made, ledger } = await ground();
  const draw = aDraw(made, cent);
  const other = await ledgerGround(database, cent);
  expect(await ledger.verifyKey(draw.keyId, draw.keyHash)).toBe('valid');
  for (const wrong of [
    { ...draw, keyHash: aDraw(other, cent).keyHash },
    { ...draw, keyHash: '' },
    { ...draw, keyId: other.key.id },
    { ...draw, keyId: randomUUID() },
    { ...draw, keyId: "'; drop table gateways" },
  ]) {
    expect(await ledger.draw(wrong)).toEqual({ kind: 'key_invalid' });
    expect(await ledger.verifyKey(wrong.keyId, wrong.keyHash)).toBe('invalid');
  }
  await database.query
    .updateTable('gatewayKeys')
    .set({ expiresAt: sql<Date>`now()` })
    .where('id', '=', made.key.id)
    .execute();
  expect(await ledger.draw(draw)).toEqual({ kind: 'key_invalid' });
  const { workOrderId, runId } = made;
  const fresh = {
    ...made,
    key: await issueKey(database.query, { workOrderId, runId, serviceName: 'moose' }),
  };
  expect(await ledger.draw(aDraw(fresh, cent))).toEqual(drawn);
  expect(await revokeKeys(database.query, { runId })).toBe(2);
  expect(await ledger.draw(aDraw(fresh, cent))).toEqual({ kind: 'key_invalid' });
  await cancelReservation(database.query, other.reservationId);
  expect(await ledger.draw(aDraw(other, 0n))).toEqual({ kind: 'key_invalid' });
  expect(await ledger.verifyKey(other.key.id, aDraw(other, 0n).keyHash)).toBe('invalid');
});

test('R-BUD-7: nothing is drawn on a key that the brake has stopped; its first reason stays', async () => {
  const { made, ledger } = await ground();
  const draw = aDraw(made, cent);
  await ledger.stopKey(draw.keyId, '12 calls in a row failed');
  await ledger.stopKey(draw.keyId, 'another');
  expect(await ledger.draw(draw)).toEqual({ kind: 'stopped', reason: '12 calls in a row failed' });
  expect(await ledger.verifyKey(draw.keyId, draw.keyHash)).toBe('stopped');
});

test('R-SES-5: fear: a call whose cost is only presumed is called a bypass of the gateway', async () => {
  const { database, made, ledger } = await ground();
  const sessionId = await aSession(database, made);
  const key = await issueKey(database.query, {
    workOrderId: made.workOrderId,
    runId: made.runId,
    sessionId,
    serviceName: 'agent',
  });
  const [answered, failed] = [aDraw({ ...made, key }, cent), aDraw({ ...made, key }, cent)];
  for (const draw of [answered, failed]) await ledger.draw(draw);
  await ledger.presume(answered.callId, goodEnd);
  await ledger.presume(failed.callId, { ...goodEnd, failure: 'cut_stream' });
  expect(await callsOfSession(database.query, sessionId)).toMatchObject({
    goodCalls: 1,
    costNanoUsd: 2n * cent,
  });
});

test("a session's calls are reported by the gateway: successful ones, open ones, the last failure, the brake", async () => {
  const { database, made, ledger } = await ground();
  const sessionId = await aSession(database, made);
  const key = await issueKey(database.query, {
    workOrderId: made.workOrderId,
    runId: made.runId,
    sessionId,
    serviceName: 'agent',
  });
  const mine = { ...made, key };
  const told = () => callsOfSession(database.query, sessionId);
  expect(await told()).toMatchObject({
    goodCalls: 0,
    openCalls: 0,
    budgetRefusals: 0,
    lastFailure: null,
    stoppedReason: null,
    idleMs: null,
    costNanoUsd: 0n,
    inputTokens: 0,
    outputTokens: 0,
  });
  expect(await countLiveKeys(database.query, 'here')).toBe(1);
  const [good, limited, open] = [aDraw(mine, cent), aDraw(mine, cent), aDraw(mine, cent)];
  for (const draw of [good, limited, open]) await ledger.draw(draw);
  await ledger.settle(good.callId, cost(5n), goodEnd);
  await ledger.void(limited.callId, {
    ...goodEnd,
    httpStatus: 429,
    failure: 'rate_limited',
    retryAfterMs: 3e12,
  });
  expect(await told()).toMatchObject({
    goodCalls: 1,
    openCalls: 1,
    costNanoUsd: 5n,
    inputTokens: 15,
    outputTokens: 3,
    idleMs: expect.any(Number),
    lastFailure: { kind: 'rate_limited', status: 429, retryAfterMs: 2_147_483_647 },
  });
  const refused = aDraw(mine, cent);
  for (let times = 0; times < 2; times++)
    await ledger.refused(refused, 'budget_exceeded', { ...goodEnd, httpStatus: 400 });
  expect(await told()).toMatchObject({
    budgetRefusals: 1,
    lastFailure: { kind: 'budget_exceeded', status: 400 },
  });
  // A client that disconnects says nothing about the call.
  await ledger.settle(open.callId, cost(5n), { ...goodEnd, failure: 'client_gone' });
  await ledger.stopKey(key.id, 'too many');
  expect(await told()).toMatchObject({
    openCalls: 0,
    goodCalls: 1,
    stoppedReason: 'too many',
    lastFailure: { kind: 'budget_exceeded' },
  });
  await updateSession(database.query, sessionId, { state: 'exited' });
  expect(await countLiveKeys(database.query, 'here')).toBe(0);
  expect(await differences(database)).toEqual([]);
});

test('R-BUD-2: calls of a dead gateway are presumed after two checks; a slow gateway continues', async () => {
  const { database, made, ledger } = await ground();
  const slow = await ledgerGround(database, 10n * cent);
  const [lost, late] = [aDraw(made, 2n * cent), aDraw(slow, 3n * cent)];
  await ledger.draw(lost);
  await ledger.draw(late);
  const limits = { silenceMs: 15_000, betweenLooksMs: 10_000 };
  const look = () => reapCalls(database.query, limits);
  expect(await look()).toEqual([]);
  // The state after a database outage: no gateway has a fresh heartbeat.
  await sql`update gateways set heartbeat_at = now() - interval '1 hour'`.execute(database.query);
  expect(await look()).toEqual([]);
  expect(await look()).toEqual([]);
  await sql`update gateways set suspected_at = suspected_at - interval '11 s'`.execute(database.query);
  await sql`update gateways set heartbeat_at = clock_timestamp() where id = ${slow.gatewayId}`.execute(
    database.query,
  );
  const reaped = await look();
  expect(reaped).toMatchObject([
    { callId: lost.callId, gatewayId: made.gatewayId, workOrderId: made.workOrderId, nanoUsd: 2n * cent },
  ]);
  expect(await look()).toEqual([]);
  expect(await ledger.settle(late.callId, cost(cent), goodEnd)).toBe(true);
  expect(await dayOf(database)).toEqual([17n * cent, cent, 2n * cent]);
  // The gateway was alive after all, and reports the real cost.
  expect(await ledger.settle(lost.callId, cost(cent), goodEnd)).toBe(true);
  expect(await dayOf(database)).toEqual([18n * cent, 2n * cent, 0n]);
  const left = aDraw(slow, cent);
  await ledger.draw(left);
  await endGateway(database.query, slow.gatewayId);
  expect(await look()).toMatchObject([{ callId: left.callId }]);
  expect(await differences(database)).toEqual([]);
});
