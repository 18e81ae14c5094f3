// Callers with a valid token, who come as often as they can.
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { cloneDatabase } from '../../test/database.ts';
import { addToken, newToken } from '../store/access/api-tokens.ts';
import { openDatabase } from '../store/database.ts';
import { type ApiGround, apiGround } from './api-ground.fixture.ts';
import { aWatcher, greeted, liveGround, refusal } from './live-ground.fixture.ts';

async function viewerNamed({ database }: ApiGround, person: string): Promise<string> {
  const token = newToken();
  await addToken(database.query, token, { name: person, role: 'viewer', createdBy: 'test', person });
  return token;
}

const signIn = ({ call }: ApiGround, token: string) =>
  call('/api/session', {
    method: 'POST',
    headers: { authorization: '', 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });

test('R-SEC-1: fear: a viewer fills the audit log by signing in again and again', async () => {
  const ground = await apiGround({ signInRate: { perSecond: 0.01, burst: 3 } });
  const [ada, bob] = [await viewerNamed(ground, 'ada'), await viewerNamed(ground, 'bob')];
  const answers = await Promise.all(Array.from({ length: 5 }, () => signIn(ground, ada)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 429, 429]);
  expect((await signIn(ground, bob)).status).toBe(200);
  const opened = ground.database.query
    .selectFrom('auditLog')
    .select('actor')
    .where('act', '=', 'session.open');
  expect((await opened.execute()).map(({ actor }) => actor).sort()).toEqual([
    ...Array<string>(3).fill('human:ada'),
    'human:bob',
  ]);
});

test('R-SEC-1: fear: a viewer gets past the limit of requests with one session after another', async () => {
  const ground = await apiGround({ rate: { perSecond: 0.01, burst: 20 } });
  const ada = await viewerNamed(ground, 'ada');
  const statuses: number[] = [];
  for (let session = 0; session < 4; session += 1) {
    const cookie = (await signIn(ground, ada)).headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const headers = { cookie, 'sec-fetch-site': 'same-origin' };
    for (let n = 0; n < 10; n += 1)
      statuses.push((await fetch(`${ground.server.url}/api/me`, { headers })).status);
  }
  expect(statuses.filter((status) => status === 200).length).toBe(20);
  expect((await ground.call('/api/me')).status).toBe(200);
});

test('R-SEC-3: fear: the slow reads of one viewer take all connections to the database', async () => {
  const cloned = await cloneDatabase();
  const database = openDatabase(cloned.url);
  onTestFinished(() => database.close().then(cloned.drop));
  const { server, tokens, call } = await apiGround({ database });
  const held = await database.transaction(async (query) => {
    await sql`lock table schedules in access exclusive mode`.execute(query);
    const over = new AbortController();
    const slow = Array.from({ length: 40 }, () =>
      fetch(`${server.url}/api/schedules`, {
        headers: { authorization: `Bearer ${tokens.viewer}` },
        signal: over.signal,
      }).catch(() => null),
    );
    const waiting = sql<{ count: number }>`select count(*)::int as count from pg_locks
      where not granted and database = (select oid from pg_database where datname = current_database())`;
    await expect.poll(async () => (await waiting.execute(query)).rows[0]?.count).toBe(8);
    const other = await Promise.all(
      Array.from({ length: 8 }, () =>
        call('/api/projects', { headers: { authorization: `Bearer ${tokens.operator}` } }),
      ),
    );
    over.abort();
    await Promise.all(slow);
    return other.map(({ status }) => status);
  });
  expect(held).toEqual(Array<number>(8).fill(200));
});

test('R-SEC-3: fear: wrong tokens from one address take all connections to the database', async () => {
  const cloned = await cloneDatabase();
  const database = openDatabase(cloned.url);
  onTestFinished(() => database.close().then(cloned.drop));
  const { server } = await apiGround({ database });
  const over = new AbortController();
  const waiting = await database.transaction(async (query) => {
    await sql`lock table api_tokens in access exclusive mode`.execute(query);
    const wrong = Array.from({ length: 40 }, (_, n) =>
      fetch(`${server.url}/api/me`, {
        headers: { authorization: `Bearer moose_${n}` },
        signal: over.signal,
      }).catch(() => null),
    );
    const count = sql<{ count: number }>`select count(*)::int as count from pg_locks
      where not granted and database = (select oid from pg_database where datname = current_database())`;
    await expect.poll(async () => (await count.execute(query)).rows[0]?.count).toBeGreaterThanOrEqual(4);
    // As many as are ever looked up at once: the answer of another path needs a connection too.
    const other = await fetch(`${server.url}/healthz`);
    const { rows } = await count.execute(query);
    over.abort();
    await Promise.all(wrong);
    return { status: other.status, count: rows[0]?.count };
  });
  expect(waiting).toEqual({ status: 200, count: 4 });
});

test('R-SEC-3: fear: a viewer connects again and again, and each time the server reads what was missed', async () => {
  const { server, token } = await liveGround({ connects: { perSecond: 0.01, burst: 3 } });
  const watchers = Array.from({ length: 3 }, () => aWatcher(server, token));
  await greeted(...watchers);
  const refused = await refusal(`${server.url}/api/live`, { authorization: `Bearer ${token}` });
  expect(refused).toEqual({ status: 429, code: 'RATE_LIMITED' });
});
