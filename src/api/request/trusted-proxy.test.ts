// People that a reverse proxy names, and everybody else who sends the same header.
import { expect, test } from 'vitest';
import { parseAllowRule } from '../../domain/people/sign-in-allow.ts';
import { apiGround } from '../api-ground.fixture.ts';
import { isAddressOrNetwork } from './address-list.ts';
import { createPersonOfProxy } from './trusted-proxy.ts';

const allow = ['ada@example.org=operator', '@example.org'].flatMap((word) => parseAllowRule(word) ?? []);
const ground = (addresses: string[]) =>
  apiGround({ signIn: { oidc: null, proxy: { addresses, header: 'X-Person' }, allow } });
const ask = async (url: string, person: string, init: RequestInit = {}) => {
  const answer = await fetch(url, { ...init, headers: { 'x-person': person, ...init.headers } });
  return { status: answer.status, body: await answer.json() };
};

test('R-SEC-1: whom the proxy names acts in their own name, and only changes things from our own page', async () => {
  const { server, database } = await ground(['127.0.0.1']);
  const me = await ask(`${server.url}/api/me`, 'Ada@Example.org');
  expect(me).toMatchObject({ status: 200, body: { actor: 'human:ada@example.org', role: 'operator' } });
  expect((await ask(`${server.url}/api/me`, 'bob@example.org')).body).toMatchObject({ role: 'viewer' });
  expect(await ask(`${server.url}/api/me`, 'eve@example.com')).toMatchObject({
    status: 403,
    body: { code: 'LOGIN_NOT_ALLOWED' },
  });
  // The header of a client before the proxy's own: two names are none.
  expect(await ask(`${server.url}/api/me`, 'ada@example.org, bob@example.org')).toMatchObject({
    status: 403,
  });
  const change = (headers: Record<string, string>) =>
    ask(`${server.url}/api/specs`, 'ada@example.org', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: '{}',
    });
  expect(await change({})).toMatchObject({ status: 403, body: { code: 'ORIGIN_NOT_ALLOWED' } });
  expect(await change({ origin: server.url })).toMatchObject({ status: 400 });
  const logins = await database.query
    .selectFrom('apiTokens')
    .select('name')
    .where('issuer', '=', 'proxy')
    .execute();
  expect(logins.map(({ name }) => name).sort()).toEqual(['ada@example.org', 'bob@example.org']);
});

test('from any other address the header is as if it were not there', async () => {
  const { server, call } = await ground(['10.0.0.5', '192.168.0.0/16', '::1']);
  const refused = { status: 401, body: { code: 'TOKEN_INVALID' } };
  expect(await ask(`${server.url}/api/me`, 'ada@example.org')).toMatchObject(refused);
  // A token still takes precedence.
  expect(await call('/api/me', { headers: { 'x-person': 'ada@example.org' } })).toMatchObject({
    status: 200,
    body: { actor: 'api:admin' },
  });
  const forged = { headers: { 'x-forwarded-for': '10.0.0.5' } };
  expect(await ask(`${server.url}/api/me`, 'ada@example.org', forged)).toMatchObject(refused);
});

test('a token takes precedence over the header, also at the proxy', async () => {
  const { call } = await ground(['127.0.0.0/8']);
  const answer = await call('/api/me', { headers: { 'x-person': 'ada@example.org' } });
  expect(answer.body).toMatchObject({ actor: 'api:admin' });
});

test('addresses and networks of both kinds', () => {
  const person = createPersonOfProxy({
    addresses: ['10.1.0.0/16', 'fd00::/8', '127.0.0.1'],
    header: 'x-person',
  });
  const headers = new Headers({ 'x-person': 'ada@example.org' });
  for (const trusted of ['10.1.2.3', '::ffff:10.1.2.3', 'fd00::1', '127.0.0.1'])
    expect(person(headers, trusted)).toBe('ada@example.org');
  for (const other of ['10.2.0.1', '::ffff:10.2.0.1', 'fe80::1', '127.0.0.2', '', undefined, 'localhost'])
    expect(person(headers, other)).toBeNull();
  expect(person(new Headers({ 'x-person': ' ' }), '127.0.0.1')).toBeNull();
  expect(['10.0.0.1', '::1', '10.0.0.0/8', 'fd00::/8'].every(isAddressOrNetwork)).toBe(true);
  expect(['', 'proxy', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '*'].some(isAddressOrNetwork)).toBe(false);
});
