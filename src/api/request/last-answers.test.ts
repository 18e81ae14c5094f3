// While the database is unavailable, the last known answers are still shown, marked as old (R-REC-4).
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { databaseRelay } from '../../../test/database-relay.ts';
import { addToken, newToken, revokeToken } from '../../store/access/api-tokens.ts';
import { apiGround } from '../api-ground.fixture.ts';

const board = '/api/work-orders';
const asOfHeader = 'x-moose-as-of';

async function ground() {
  const direct = await testDatabase();
  const relay = await databaseRelay(direct.url);
  let now = new Date();
  const lastAnswers = { freshMsMax: 300, clock: { now: () => now } };
  const api = await apiGround({ database: relay.database, lastAnswers, requestMsMax: 2_000 });
  return {
    ...api,
    relay,
    passMinutes: (minutes: number) => (now = new Date(now.getTime() + minutes * 60_000)),
  };
}

test('R-REC-4: without the database a page gets its last answer, marked, and a fresh one afterwards', async () => {
  const { call, relay } = await ground();
  const fresh = await call(board);
  expect(fresh.headers.get(asOfHeader)).toBeNull();
  await relay.cut();
  const old = await call(board);
  expect(old).toMatchObject({ status: 200, body: fresh.body });
  expect(Date.parse(old.headers.get(asOfHeader) ?? '')).toBeLessThanOrEqual(Date.now());
  expect(old.headers.get('cache-control')).toBe('no-store');
  await relay.mend();
  await expect.poll(async () => (await call(board)).headers.get(asOfHeader)).toBeNull();
});

test('R-REC-4: a query that was never asked before, or a change, is refused as usual', async () => {
  const { call, relay } = await ground();
  await call(board);
  await relay.cut();
  expect(await call(`${board}?status=failed`)).toMatchObject({ status: 503 });
  expect(await call('/api/tokens')).toMatchObject({ status: 503 });
  expect(
    await call(board, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }),
  ).toMatchObject({
    status: 503,
  });
});

test('R-REC-4: a probe never gets an old answer about the database', async () => {
  const { call, relay } = await ground();
  expect(await call('/readyz')).toMatchObject({ status: 200, body: { database: 'up' } });
  await relay.cut();
  expect(await call('/readyz')).toMatchObject({ status: 503, body: { database: 'away' } });
});

test("R-SEC-1: nobody gets another caller's last answer", async () => {
  const { call, tokens, relay } = await ground();
  await call(board);
  await relay.cut();
  expect(await call(board, { headers: { authorization: `Bearer ${tokens.viewer}` } })).toMatchObject({
    status: 503,
  });
  expect(await call(board, { headers: { authorization: `Bearer ${newToken()}` } })).toMatchObject({
    status: 503,
  });
  expect(await call(board, { headers: { authorization: '' } })).toMatchObject({ status: 401 });
});

test('R-SEC-1: a caller that has been refused since then gets no last answer', async () => {
  const { call, database, relay } = await ground();
  const token = newToken();
  const made = await addToken(database.query, token, { name: 'leaver', role: 'viewer', createdBy: 'test' });
  const headers = { authorization: `Bearer ${token}` };
  expect(await call(board, { headers })).toMatchObject({ status: 200 });
  await revokeToken(database.query, made?.id ?? '');
  expect(await call(board, { headers })).toMatchObject({ status: 401 });
  await relay.cut();
  expect(await call(board, { headers })).toMatchObject({ status: 503 });
});

test('R-SEC-1: fear: an admin whose role was lowered still gets what only admins see', async () => {
  const { call, database, relay } = await ground();
  const token = newToken();
  await addToken(database.query, token, { name: 'lowered', role: 'admin', createdBy: 'test' });
  const headers = { authorization: `Bearer ${token}` };
  expect(await call('/api/tokens', { headers })).toMatchObject({ status: 200 });
  expect(await call(board, { headers })).toMatchObject({ status: 200 });
  await sql`update api_tokens set role = 'viewer' where name = 'lowered'`.execute(database.query);
  expect(await call('/api/tokens', { headers })).toMatchObject({ status: 403 });
  await relay.cut();
  expect(await call('/api/tokens', { headers })).toMatchObject({ status: 503 });
  expect(await call(board, { headers })).toMatchObject({ status: 200 });
});

test('R-REC-4: an answer that is more than an hour old is not returned', async () => {
  const { call, relay, passMinutes } = await ground();
  await call(board);
  await relay.cut();
  passMinutes(59);
  expect(await call(board)).toMatchObject({ status: 200 });
  passMinutes(2);
  expect(await call(board)).toMatchObject({ status: 503 });
});
