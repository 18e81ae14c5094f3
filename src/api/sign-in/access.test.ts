import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { addToken, newToken } from '../../store/access/api-tokens.ts';
import { apiGround } from '../api-ground.fixture.ts';
import type { ApiDeps } from '../request/api-deps.ts';

const json = { 'content-type': 'application/json' };

/** Ada's browser: her session cookie is sent automatically, and so are the headers that name the page. */
async function ground(given: Partial<ApiDeps> = {}) {
  const made = await apiGround(given);
  const { server, database, call } = made;
  const token = newToken();
  await addToken(database.query, token, { name: 'ada', role: 'admin', createdBy: 'test', person: 'Ada' });
  const bare = { authorization: '' };
  const withoutToken = (path: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    return fetch(`${server.url}${path}`, { ...init, headers });
  };
  const signIn = (secret: string, headers: Record<string, string> = {}, more = {}) =>
    withoutToken('/api/session', {
      method: 'POST',
      headers: { ...json, ...headers },
      body: JSON.stringify({ token: secret, ...more }),
    });
  const cookieOf = (answer: Response) => (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const browse = async (cookie: string, path: string, init: RequestInit = {}) => {
    const answer = await withoutToken(path, { ...init, headers: { cookie, ...init.headers } });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text === '' ? null : JSON.parse(text) };
  };
  const own = { origin: server.url };
  return { ...made, call, token, bare, own, signIn, cookieOf, browse };
}

test('R-SEC-1: a person signs in with a token, acts in their own name, and signs out', async () => {
  const { token, signIn, cookieOf, browse, own, database } = await ground({ isScripted: () => true });
  const answer = await signIn(token);
  expect(answer.status).toBe(200);
  const ada = { name: 'Ada', actor: 'human:Ada', role: 'admin', is_person: true };
  const me = { ...ada, version: '0.0.0', executors: 0, is_scripted: true, is_demo: false };
  expect(await answer.json()).toEqual(me);
  expect(answer.headers.get('set-cookie')).toMatch(
    /^moose_session=[\w-]{43}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Strict$/,
  );
  const cookie = cookieOf(answer);
  const again = await browse(cookie, '/api/me');
  expect(again).toMatchObject({ status: 200, body: me });
  expect(again.headers.get('set-cookie')).toContain(cookie);
  const kept = await database.query.selectFrom('webSessions').selectAll().execute();
  expect(JSON.stringify(kept)).not.toContain(cookie.slice('moose_session='.length));
  const out = await browse(cookie, '/api/session', { method: 'DELETE', headers: own });
  expect(out.status).toBe(204);
  expect(out.headers.get('set-cookie')).toContain('Max-Age=0');
  expect(await browse(cookie, '/api/me')).toMatchObject({ status: 401, body: { code: 'SESSION_OVER' } });
  const acts = await database.query.selectFrom('auditLog').select(['actor', 'act']).orderBy('id').execute();
  expect(acts).toEqual([
    { actor: 'human:Ada', act: 'session.open' },
    { actor: 'human:Ada', act: 'session.end' },
  ]);
});

test('R-SEC-1: with a token the same person counts as a program, and a program cannot sign in', async () => {
  const { call, token, tokens, signIn } = await ground();
  const asProgram = await call('/api/me', { headers: { authorization: `Bearer ${token}` } });
  expect(asProgram.body).toMatchObject({ actor: 'api:ada', is_person: false });
  const refused = await signIn(tokens.admin);
  expect([refused.status, await refused.json()]).toEqual([
    403,
    expect.objectContaining({ code: 'TOKEN_NOT_A_PERSONS' }),
  ]);
  expect(refused.headers.get('set-cookie')).toBeNull();
  expect((await signIn('moose_wrong')).status).toBe(401);
  expect((await signIn('')).status).toBe(400);
});

test('R-SEC-1: a session ends with its token, or after a week without use', async () => {
  const { call, token, signIn, cookieOf, browse, database } = await ground();
  const first = cookieOf(await signIn(token));
  const second = cookieOf(await signIn(token));
  const age = (days: number) =>
    sql`update web_sessions set last_seen_at = last_seen_at - ${days} * interval '1 day',
      expires_at = expires_at - ${days} * interval '1 day'`.execute(database.query);
  await age(6);
  expect((await browse(first, '/api/me')).status).toBe(200);
  await age(6);
  // The first browser was used again after six days; the second was not.
  expect((await browse(first, '/api/me')).status).toBe(200);
  expect((await browse(second, '/api/me')).body).toMatchObject({ code: 'SESSION_OVER' });
  const { body } = await call('/api/tokens');
  const { id } = (body as { items: Array<{ id: string; name: string }> }).items.find(
    ({ name }) => name === 'ada',
  ) ?? { id: '' };
  expect(await call(`/api/tokens/${id}`, { method: 'DELETE' })).toMatchObject({
    status: 200,
    body: { name: 'ada', revoked_at: expect.any(String) },
  });
  expect((await browse(first, '/api/me')).body).toMatchObject({ code: 'SESSION_OVER' });
  expect((await signIn(token)).status).toBe(401);
});

test('a person may have many browsers; above the limit, the one that was unused longest is signed out', async () => {
  const { token, signIn, cookieOf, browse, database } = await ground();
  const first = cookieOf(await signIn(token));
  await sql`insert into web_sessions (id, hash, token_id, last_seen_at, expires_at)
    select gen_random_uuid(), sha256(n::text::bytea), token_id, clock_timestamp() + interval '1 s', expires_at
    from web_sessions, generate_series(1, 49) n`.execute(database.query);
  const next = cookieOf(await signIn(token));
  expect((await browse(first, '/api/me')).body).toMatchObject({ code: 'SESSION_OVER' });
  expect((await browse(next, '/api/me')).status).toBe(200);
});

test('fear: commands that were killed sign a person out of the browser', async () => {
  const { token, signIn, cookieOf, browse, database } = await ground();
  const browser = cookieOf(await signIn(token));
  const forCommand = async () => cookieOf(await signIn(token, {}, { brief: true }));
  const command = await forCommand();
  await sql`insert into web_sessions (id, hash, token_id, last_seen_at, expires_at, is_brief)
    select gen_random_uuid(), sha256(n::text::bytea), token_id, clock_timestamp() + interval '1 s', expires_at, true
    from web_sessions, generate_series(1, 50) n where is_brief`.execute(database.query);
  const next = await forCommand();
  expect((await browse(command, '/api/me')).body).toMatchObject({ code: 'SESSION_OVER' });
  expect((await browse(next, '/api/me')).status).toBe(200);
  expect((await browse(browser, '/api/me')).status).toBe(200);
  await sql`update web_sessions set last_seen_at = last_seen_at - interval '16 min',
    expires_at = expires_at - interval '16 min'`.execute(database.query);
  expect((await browse(next, '/api/me')).body).toMatchObject({ code: 'SESSION_OVER' });
  expect((await browse(browser, '/api/me')).status).toBe(200);
});

test("R-SEC-1: fear: another site's page changes something with its visitor's cookie", async () => {
  const { token, own, server, signIn, cookieOf, browse } = await ground();
  const cookie = cookieOf(await signIn(token));
  const make = (headers: Record<string, string>) =>
    browse(cookie, '/api/tokens', {
      method: 'POST',
      headers: { ...json, ...headers },
      body: JSON.stringify({ name: 'stolen', role: 'admin' }),
    });
  for (const headers of [
    {},
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: `http://127.0.0.1:${server.port + 1}` },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'none' },
    { 'sec-fetch-site': 'same-site', ...own },
  ] as Array<Record<string, string>>)
    expect(await make(headers)).toMatchObject({ status: 403, body: { code: 'ORIGIN_NOT_ALLOWED' } });
  expect((await browse(cookie, '/api/me', { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403);
  expect((await make({ 'sec-fetch-site': 'same-origin' })).status).toBe(201);
  expect((await make(own)).body).toMatchObject({ code: 'TOKEN_NAME_TAKEN' });
});

test('the cookie is restricted to TLS if people use TLS', async () => {
  const { server, token } = await ground({ baseUrl: 'https://moose.example.org' });
  const { request } = await import('node:http');
  const cookies = (host: string) =>
    new Promise<string>((resolve, reject) => {
      const headers = { ...json, host };
      request(`${server.url}/api/session`, { method: 'POST', headers }, (answer) => {
        answer.resume();
        resolve(String(answer.headers['set-cookie']));
      })
        .on('error', reject)
        .end(JSON.stringify({ token }));
    });
  const ofSite = await cookies('moose.example.org');
  expect(ofSite).toMatch(/^__Host-moose_session=.*; Path=\/;.*; Secure$/);
  expect(await cookies(`127.0.0.1:${server.port}`)).not.toContain('Secure');
  // A page beside this one can set a cookie for both, but not one with this prefix.
  const status = (cookie: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const headers = { host: 'moose.example.org', cookie };
      request(`${server.url}/api/me`, { headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on('error', reject)
        .end();
    });
  const own = ofSite.split(';')[0] ?? '';
  expect(await status(own)).toBe(200);
  expect(await status(own.replace('__Host-', ''))).toBe(401);
});

test('R-BASE-3: tokens are created, shown once, listed without their secret, and revoked; each change is audited', async () => {
  const { call, database } = await apiGround();
  const make = (body: unknown) =>
    call('/api/tokens', { method: 'POST', headers: json, body: JSON.stringify(body) });
  const made = await make({ name: 'ci', role: 'viewer' });
  expect(made).toMatchObject({ status: 201, body: { name: 'ci', role: 'viewer', person: null } });
  const { token, id } = made.body as { token: string; id: string };
  const seen = await call('/api/me', { headers: { authorization: `Bearer ${token}` } });
  expect(seen.body).toMatchObject({ actor: 'api:ci', role: 'viewer' });
  expect(JSON.stringify((await call('/api/tokens')).body)).not.toContain(token);
  expect(await make({ name: 'ci' })).toMatchObject({ status: 409, body: { code: 'TOKEN_NAME_TAKEN' } });
  for (const name of ['-x', 'a\nb', 'a:b', '\u202eabc'])
    expect(await make({ name })).toMatchObject({ status: 400, body: { code: 'TOKEN_NAME_INVALID' } });
  expect(await make({ name: 'x', role: 'root' })).toMatchObject({
    status: 400,
    body: { code: 'REQUEST_INVALID', issues: [{ path: 'role', message: expect.any(String) }] },
  });
  for (const each of [id, id.slice(-8)])
    expect((await call(`/api/tokens/${each}`, { method: 'DELETE' })).status).toBe(200);
  const unknown = await call('/api/tokens/0000-ffff-0000', { method: 'DELETE' });
  expect(unknown).toMatchObject({ status: 404, body: { code: 'TOKEN_NOT_FOUND' } });
  const acts = await database.query
    .selectFrom('auditLog')
    .select(['actor', 'act', 'subject'])
    .orderBy('id')
    .execute();
  const by = { actor: 'api:admin', subject: 'ci' };
  expect(acts.filter(({ subject }) => subject === 'ci')).toEqual([
    { ...by, act: 'token.create' },
    { ...by, act: 'token.create' },
    { ...by, act: 'token.create.refused' },
    { ...by, act: 'token.revoke' },
    { ...by, act: 'token.revoke' },
  ]);
  expect(acts).toContainEqual({ actor: 'api:admin', subject: '-x', act: 'token.create.refused' });
});

test("R-SEC-1: fear: an admin's program makes itself a person, and raises its own limit", async () => {
  const { call, token, tokens, own, signIn, cookieOf, browse } = await ground();
  const make = (body: unknown) =>
    call('/api/tokens', { method: 'POST', headers: json, body: JSON.stringify(body) });
  for (const [name, more] of Object.entries({
    mallory: { role: 'viewer', person: 'mallory' },
    both: { role: 'admin', person: 'mallory' },
    successor: { role: 'admin' },
  }))
    expect(await make({ name, ...more })).toMatchObject({ status: 403, body: { code: 'TOKEN_NOT_YOURS' } });
  expect((await make({ name: 'ci', role: 'operator' })).status).toBe(201);
  const zone = { method: 'PUT', headers: json, body: JSON.stringify({ value: 'Pacific/Kiritimati' }) };
  expect(await call('/api/settings/budget.time_zone', zone)).toMatchObject({
    status: 403,
    body: { code: 'LIMIT_NOT_YOURS' },
  });
  expect(tokens.admin).not.toBe(token);
  // A signed-in caller is a person, who may do this.
  const cookie = cookieOf(await signIn(token));
  const headers = { ...json, ...own };
  const body = JSON.stringify({ name: 'grace', role: 'admin', person: 'Grace' });
  expect((await browse(cookie, '/api/tokens', { method: 'POST', headers, body })).status).toBe(201);
  expect((await browse(cookie, '/api/settings/budget.time_zone', { ...zone, headers })).status).toBe(200);
});

test('an end that several IDs share identifies none of them', async () => {
  const { call, database } = await apiGround();
  await sql`update api_tokens set id = overlay(id::text placing 'abcd' from 33)::uuid`.execute(
    database.query,
  );
  const answer = await call('/api/tokens/abcd', { method: 'DELETE' });
  expect(answer).toMatchObject({ status: 409, body: { code: 'TOKEN_AMBIGUOUS' } });
  expect((await call('/api/tokens/----', { method: 'DELETE' })).status).toBe(404);
});

test("R-SEC-1: fear: a link with a stranger's token takes the place of whoever is signed in", async () => {
  const { token, signIn, cookieOf, browse, own, database } = await ground();
  const mallorys = newToken();
  const given = { name: 'm', role: 'operator', createdBy: 'test', person: 'mallory' } as const;
  await addToken(database.query, mallorys, given);
  const adas = { cookie: cookieOf(await signIn(token)), ...own };
  const refused = await signIn(mallorys, adas, { keep: true });
  expect(refused.status).toBe(409);
  expect(refused.headers.get('set-cookie')).toBeNull();
  expect(await refused.json()).toMatchObject({
    code: 'SIGNED_IN_AS_ANOTHER',
    detail: 'You are signed in as Ada. Sign in as mallory instead?',
  });
  expect((await browse(adas.cookie, '/api/me')).body).toMatchObject({ actor: 'human:Ada' });
  // The same person, nobody, and somebody who has signed out are not asked.
  expect((await signIn(token, adas, { keep: true })).status).toBe(200);
  expect((await signIn(mallorys, own, { keep: true })).status).toBe(200);
  expect((await browse(adas.cookie, '/api/session', { method: 'DELETE', headers: own })).status).toBe(204);
  expect((await signIn(mallorys, adas, { keep: true })).status).toBe(200);
  // Whoever has been asked may.
  const again = { cookie: cookieOf(await signIn(token)), ...own };
  expect((await signIn(mallorys, again)).status).toBe(200);
});
