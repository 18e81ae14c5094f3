// Sessions of people while a token is revoked, and while a clock is wrong.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { addToken, newToken, revokeToken } from '../store/access/api-tokens.ts';
import { addWebSession, findWebSession, markSessionSeen } from '../store/access/web-sessions.ts';
import { apiGround } from './api-ground.fixture.ts';

async function signedIn() {
  const made = await apiGround();
  const { database, server } = made;
  const token = newToken();
  const row = await addToken(database.query, token, {
    name: 'ada',
    role: 'admin',
    createdBy: 'test',
    person: 'Ada',
  });
  const signIn = () =>
    fetch(`${server.url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: server.url },
      body: JSON.stringify({ token }),
    });
  const cookie = async () => (await signIn()).headers.get('set-cookie')?.split(';')[0] ?? '';
  const ask = async (by: string) => (await fetch(`${server.url}/api/me`, { headers: { cookie: by } })).status;
  return { ...made, tokenId: row?.id ?? '', signIn, cookie, ask };
}

test('R-SEC-1, fear: a token is revoked while it is used to sign in, and somebody stays signed in', async () => {
  const { database, tokenId, signIn, cookie, ask } = await signedIn();
  const before = await cookie();
  expect(await ask(before)).toBe(200);
  const asking = Array.from({ length: 20 }, () => ask(before));
  const [, ...answers] = await Promise.all([
    database.transaction((query) => revokeToken(query, tokenId)),
    ...Array.from({ length: 8 }, signIn),
  ]);
  expect((await Promise.all(asking)).every((status) => status === 200 || status === 401)).toBe(true);
  for (const answer of answers) {
    const given = answer.headers.get('set-cookie')?.split(';')[0];
    if (given !== undefined) expect(await ask(given)).toBe(401);
  }
  expect(await ask(before)).toBe(401);
  // A session that is added after that, by a request that checked before, is not valid either.
  const { secret } = await database.transaction((query) =>
    addWebSession(query, { tokenId, userAgent: 'late' }),
  );
  expect(await ask(`moose_session=${secret}`)).toBe(401);
});

test('R-SEC-1, fear: a clock that jumps ahead by a year and back leaves a session that is valid for a year', async () => {
  const { database, tokenId, ask } = await signedIn();
  const { id, secret } = await database.transaction((query) =>
    addWebSession(query, { tokenId, userAgent: '' }),
  );
  // The row as it would have been written by a clock that is a year ahead.
  await sql`update web_sessions set last_seen_at = last_seen_at + interval '1 year',
    expires_at = expires_at + interval '1 year'`.execute(database.query);
  expect(await ask(`moose_session=${secret}`)).toBe(200);
  const daysLeft = async () =>
    (
      await sql<{
        days: number;
      }>`select extract(epoch from expires_at - clock_timestamp())::float8 / 86400 as days
        from web_sessions where id = ${id}`.execute(database.query)
    ).rows[0]?.days;
  expect(await daysLeft()).toBeCloseTo(7, 1);
  // A session that has ended is not revived by being used.
  await sql`update web_sessions set ended_at = clock_timestamp(), last_seen_at = '2020-01-01'`.execute(
    database.query,
  );
  await markSessionSeen(database.query, id);
  expect(await findWebSession(database.query, secret)).toMatchObject({ isOver: true });
});

test('fear: two tokens with one name are created at the same moment, and nobody knows who did what', async () => {
  const { call } = await apiGround();
  const make = () =>
    call('/api/tokens', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'ci', role: 'viewer' }),
    });
  const answers = await Promise.all(Array.from({ length: 8 }, make));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array(7).fill(409)]);
});
