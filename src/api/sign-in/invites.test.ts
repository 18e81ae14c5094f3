import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { ShownInvite } from '../../contract/contract.ts';
import { addToken, newToken } from '../../store/access/api-tokens.ts';
import { apiGround } from '../api-ground.fixture.ts';
import type { ApiDeps } from '../request/api-deps.ts';

const json = { 'content-type': 'application/json' };

/** Ada, an admin, in her browser; and strangers with a link, at any server. */
async function ground(given: Partial<ApiDeps> = {}) {
  const made = await apiGround(given);
  const { server, database } = made;
  const token = newToken();
  await addToken(database.query, token, { name: 'ada', role: 'admin', createdBy: 'test', person: 'ada' });
  const post = async (path: string, body: unknown, headers: Record<string, string> = {}, at = server.url) => {
    const init = { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) };
    const answer = await fetch(`${at}${path}`, init);
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: text === '' ? null : JSON.parse(text) };
  };
  const cookieOf = (answer: { headers: Headers }) =>
    (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const ada = { cookie: cookieOf(await post('/api/session', { token })), origin: server.url };
  const invite = async (person: string, more = {}) => {
    const answer = await post('/api/invites', { person, ...more }, ada);
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    return { ...answer.body, secret: new URL(answer.body.link).hash.slice(1) };
  };
  const accept = (secret: string, at = server.url) => post('/api/session/invite', { secret }, {}, at);
  const look = (secret: string) => post('/api/session/invite/look', { secret });
  return { ...made, post, cookieOf, ada, invite, accept, look };
}

test("R-SEC-1: fear: a stranger's invite takes the place of whoever is signed in, without naming them", async () => {
  const { ada, invite, accept, post, cookieOf } = await ground();
  const { secret } = await invite('dee');
  const look = (cookie: string) => post('/api/session/invite/look', { secret }, { ...ada, cookie });
  expect((await look(ada.cookie)).body).toMatchObject({ person: 'dee', replaces: 'ada' });
  expect((await look('moose_session=of-nobody')).body).toMatchObject({ person: 'dee', replaces: null });
  const other = await invite('eve');
  const dees = cookieOf(await accept(secret));
  const shown = await post('/api/session/invite/look', { secret: other.secret }, { ...ada, cookie: dees });
  expect(shown.body).toMatchObject({ person: 'eve', replaces: 'dee' });
});

test('R-SEC-1: an invited person looks, accepts once, and is signed in with a token and a session of their own', async () => {
  const { server, database, call, invite, accept, look, cookieOf, post } = await ground();
  const made = await invite('dee', { role: 'viewer', expires_in_ms: 3_600_000, daily_usd: 3 });
  expect(made).toMatchObject({ person: 'dee', role: 'viewer', state: 'open', created_by: 'human:ada' });
  expect(made.link).toMatch(new RegExp(`^${server.url}/invite#[\\w-]{43}$`));
  expect(JSON.stringify((await call('/api/invites')).body)).not.toContain(made.secret);
  // What a mail scanner or a link preview does with the link and everything like it.
  for (const path of ['/invite', '/invite/', '/api/session/invite', '/api/session/invite/look'])
    for (const method of ['GET', 'HEAD', 'OPTIONS'])
      await fetch(`${server.url}${path}?secret=${made.secret}`, { method });
  for (const _ of [1, 2]) {
    const shown = await look(made.secret);
    const expected: ShownInvite = {
      person: 'dee',
      role: 'viewer',
      invited_by: 'ada',
      expires_at: made.expires_at,
      replaces: null,
    };
    expect([shown.status, shown.body]).toEqual([200, expected]);
    expect(shown.headers.get('set-cookie')).toBeNull();
  }
  const accepted = await accept(made.secret);
  expect(accepted).toMatchObject({ status: 200, body: { person: 'dee', role: 'viewer' } });
  expect(accepted.headers.get('set-cookie')).toMatch(
    /^moose_session=[\w-]{43}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Strict$/,
  );
  expect(accepted.headers.get('cache-control')).toBe('no-store');
  const me = await fetch(`${server.url}/api/me`, { headers: { cookie: cookieOf(accepted) } });
  expect(await me.json()).toMatchObject({ actor: 'human:dee', role: 'viewer', is_person: true });
  const { token } = accepted.body;
  expect((await post('/api/session', { token })).body).toMatchObject({ actor: 'human:dee' });
  for (const _ of [1, 2])
    expect(await accept(made.secret)).toMatchObject({ status: 409, body: { code: 'INVITE_OVER' } });
  const { body } = await call('/api/limits');
  expect(JSON.stringify(body)).toContain('"name":"dee"');
  const acts = await database.query.selectFrom('auditLog').select(['actor', 'act']).orderBy('id').execute();
  expect(acts.map(({ actor, act }) => `${actor} ${act}`)).toEqual([
    'human:ada session.open',
    'human:ada invite.create',
    'human:dee invite.accept',
    'human:dee session.open',
    'human:dee session.open',
    'moose:invite invite.accept.refused',
  ]);
  const { status } = await call(`/api/invites/${made.id}`, { method: 'DELETE' });
  expect(status).toBe(409);
  const refusal = await database.query
    .selectFrom('auditLog')
    .select(['actor', 'subject'])
    .where('act', '=', 'invite.revoke.refused')
    .execute();
  expect(refusal).toEqual([{ actor: 'api:admin', subject: 'dee' }]);
});

test('R-SEC-1: of clients that accept at the same time at two servers, exactly one gets in', async () => {
  const { server, database, invite, accept } = await ground();
  const second = await apiGround({ database });
  const { secret } = await invite('dee');
  const both = [server.url, second.server.url];
  const answers = await Promise.all([...both, ...both, ...both].map((url) => accept(secret, url)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409, 409]);
  expect(answers.filter(({ headers }) => headers.get('set-cookie') !== null)).toHaveLength(1);
});

test('R-SEC-1: an expired, revoked or wrong link answers the same to everybody who guesses, and late', async () => {
  const delayMs = 300;
  const { database, call, invite, accept, look } = await ground({ failureDelayMs: delayMs });
  const [old, taken] = [await invite('old'), await invite('taken')];
  await sql`update invites set created_at = created_at - interval '9 d', expires_at = expires_at - interval '9 d'
    where id = ${old.id}`.execute(database.query);
  expect((await call(`/api/invites/${taken.id.slice(-6)}`, { method: 'DELETE' })).body).toMatchObject({
    state: 'revoked',
  });
  for (const { secret } of [old, taken])
    for (const act of [look, accept]) {
      const startedMs = performance.now();
      expect(await act(secret)).toMatchObject({ status: 409, body: { code: 'INVITE_OVER' } });
      expect(performance.now() - startedMs).toBeGreaterThan(delayMs * 0.9);
    }
  const ids = [old.id, taken.id, 'dee', 'A'.repeat(43), old.secret.slice(0, -1), `${old.secret}x`];
  const answers = await Promise.all(ids.flatMap((wrong) => [look(wrong), accept(wrong)]));
  expect(new Set(answers.map(({ status, body }) => JSON.stringify([status, body]))).size).toBe(1);
  expect(answers[0]).toMatchObject({ status: 401, body: { code: 'INVITE_INVALID' } });
  expect(await look('')).toMatchObject({ status: 400 });
});

test('R-SEC-1: somebody who guesses is slowed down, and a person with a link is not', async () => {
  const { invite, accept, look } = await ground({ failureDelayMs: 500 });
  const { secret } = await invite('dee');
  const wrong = Array.from({ length: 300 }, (_, n) => (n % 2 === 0 ? accept(`w${n}`) : look(`w${n}`)));
  expect((await look(secret)).status).toBe(200);
  const answers = await Promise.all(wrong);
  const counts = (status: number) => answers.filter((answer) => answer.status === status).length;
  expect(counts(401) + counts(429)).toBe(300);
  expect(counts(429)).toBeGreaterThan(100);
  expect((await accept(secret)).status).toBe(200);
});

test("R-SEC-1: a viewer and an operator see and make no invites, and a program of an admin's makes none", async () => {
  const { call, tokens, invite } = await ground();
  const { id } = await invite('dee');
  const body = JSON.stringify({ person: 'mallory', role: 'admin' });
  for (const role of ['viewer', 'operator'] as const)
    for (const init of [{}, { method: 'POST', body }, { method: 'DELETE', path: `/api/invites/${id}` }]) {
      const { path = '/api/invites', ...given } = { path: undefined, ...init };
      const headers = { ...json, authorization: `Bearer ${tokens[role]}` };
      expect(await call(path, { ...given, headers })).toMatchObject({
        status: 403,
        body: { code: 'ROLE_TOO_LOW' },
      });
    }
  expect(await call('/api/invites', { method: 'POST', body, headers: json })).toMatchObject({
    status: 403,
    body: { code: 'INVITE_NOT_YOURS' },
  });
});

test("R-SEC-1: fear: another site's page makes a browser accept an invite, or makes one with an admin's cookie", async () => {
  const { post, ada, invite, look } = await ground();
  const { secret } = await invite('dee');
  for (const origin of ['https://evil.example', 'null']) {
    expect(await post('/api/session/invite', { secret }, { origin })).toMatchObject({
      status: 403,
      body: { code: 'ORIGIN_NOT_ALLOWED' },
    });
    expect((await post('/api/invites', { person: 'eve' }, { ...ada, origin })).status).toBe(403);
  }
  // A form of another page cannot send JSON.
  expect((await post('/api/session/invite', { secret }, { 'content-type': 'text/plain' })).status).toBe(415);
  expect((await look(secret)).status).toBe(200);
});

test('the link begins with the address that people use', async () => {
  const { invite } = await ground({ baseUrl: 'https://moose.example.org' });
  expect((await invite('dee')).link).toMatch(/^https:\/\/moose\.example\.org\/invite#/);
});
