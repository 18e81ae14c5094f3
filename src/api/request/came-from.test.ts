// Clients behind a reverse proxy, and those who only claim to be.
import { describe, expect, test } from 'vitest';
import { apiGround } from '../api-ground.fixture.ts';
import { createFindOrigin } from './came-from.ts';

const from = (forwarded: string | null, ...[connection = '10.0.0.5']: string[]) => {
  const headers = new Headers(forwarded === null ? {} : { 'x-forwarded-for': forwarded });
  return createFindOrigin(['10.0.0.5', '10.1.0.0/16', '::1'])(headers, connection);
};

describe('R-SEC-1: the client of a request', () => {
  test.each([
    ['the address that the proxy names', '192.0.2.1', '192.0.2.1'],
    ['the last one, whatever the client claims', '198.51.100.9, 192.0.2.1', '192.0.2.1'],
    ['behind two proxies', '198.51.100.9, 192.0.2.1, 10.1.2.3', '192.0.2.1'],
    ['a proxy itself', '10.1.2.3', '10.1.2.3'],
    ['with a port', '192.0.2.1:4711', '192.0.2.1'],
    ['IPv6', '2001:db8::1', '2001:db8::1'],
    ['IPv6 with a port', '[2001:db8::1]:4711', '2001:db8::1'],
    ['an IPv4 address as IPv6', '::ffff:10.1.2.3, ::ffff:192.0.2.1', '::ffff:192.0.2.1'],
    ['with an interface', 'fe80::1%eth0', 'fe80::1%eth0'],
    ['no header', null, '10.0.0.5'],
    ['an empty header', '', '10.0.0.5'],
    ['no address', 'unknown', '10.0.0.5'],
    ['no address before a proxy', '192.0.2.1, unknown, 10.1.2.3', '10.1.2.3'],
  ])('%s', (_what, forwarded, client) => {
    expect(from(forwarded)).toEqual({ connection: '10.0.0.5', client });
  });

  test('fear: somebody who is no proxy chooses an address', () => {
    for (const connection of ['10.0.0.6', '10.2.0.1', ''])
      expect(from('192.0.2.1', connection)).toEqual({ connection, client: connection });
  });

  test('fear: a header of thousands of addresses takes long', () => {
    expect(from(Array<string>(5_000).fill('10.1.0.1').join()).client).toBe('10.1.0.1');
  });
});

/** How many guesses of a secret were refused because the address had used up its limit. */
async function limited(trustedProxies: string[], clientOf: (n: number) => string): Promise<number> {
  const { server } = await apiGround({ trustedProxies });
  const guess = async (client: string) => {
    const answer = await fetch(`${server.url}/api/session/invite/look`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': client },
      body: JSON.stringify({ secret: 'x'.repeat(43) }),
    });
    return ((await answer.json()) as { code: string }).code;
  };
  const codes = await Promise.all(Array.from({ length: 300 }, (_, n) => guess(clientOf(n))));
  return codes.filter((code) => code === 'RATE_LIMITED').length;
}

test('R-SEC-1: fear: behind a proxy, one stranger uses up the sign-ins of everybody', async () => {
  // What a client claims is to the left of what the proxy adds.
  expect(await limited(['127.0.0.1'], (n) => `192.0.2.${n % 250}, 198.51.100.9`)).toBeGreaterThan(0);
  expect(await limited(['127.0.0.1'], (n) => (n < 30 ? '198.51.100.9' : `192.0.2.${n % 250}`))).toBe(0);
});

test('R-SEC-1: fear: somebody who is no proxy gets past the limit with another address each time', async () => {
  const clientOf = (n: number) => `198.51.100.${n % 250}`;
  expect(await limited(['10.0.0.5'], clientOf)).toBeGreaterThan(0);
  expect(await limited(['127.0.0.1'], clientOf)).toBe(0);
});

test('R-SEC-1: fear: a client behind a proxy claims the address of another one that names people', async () => {
  const allow = [{ kind: 'domain' as const, value: 'example.org', role: 'admin' as const }];
  const proxy = { addresses: ['10.0.0.5'], header: 'X-Person' };
  const { server } = await apiGround({
    trustedProxies: ['127.0.0.1'],
    signIn: { oidc: null, proxy, allow },
  });
  const headers = { 'x-forwarded-for': '10.0.0.5', 'x-person': 'ada@example.org' };
  expect((await fetch(`${server.url}/api/me`, { headers })).status).toBe(401);
});
