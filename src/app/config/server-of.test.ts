import { expect, test } from 'vitest';
import { serverOf } from './config.ts';

const given = { MOOSE_URL: 'https://moose.example.org', MOOSE_TOKEN: 'moose_abc' };

test('R-DIST-2: MOOSE_URL names a server, --data this machine, and a server needs a token', () => {
  expect(serverOf(given, {})).toEqual({ url: 'https://moose.example.org', token: 'moose_abc' });
  expect(serverOf(given, { data: '/srv/moose' })).toBe(null);
  expect(serverOf({}, {})).toBe(null);
  const codeOf = (env: Record<string, string>) => {
    try {
      return serverOf(env, {});
    } catch (cause) {
      return cause;
    }
  };
  expect(codeOf({ MOOSE_URL: given.MOOSE_URL })).toMatchObject({ code: 'MOOSE_TOKEN_MISSING' });
  for (const MOOSE_URL of ['moose.example.org', 'https://moose.example.org/path', 'ftp://moose.example.org'])
    expect(codeOf({ ...given, MOOSE_URL })).toMatchObject({
      code: 'SETTING_INVALID',
      message: expect.stringContaining('MOOSE_URL'),
    });
});

test('R-DIST-2: fear: the token is sent in clear to another machine', () => {
  const MOOSE_TOKEN = 'moose_abc';
  for (const url of ['http://moose.example.org', 'http://10.0.0.7:4317', 'http://127.0.0.1.example.org']) {
    expect(() => serverOf({ MOOSE_URL: url, MOOSE_TOKEN }, {}), url).toThrow(
      expect.objectContaining({ code: 'MOOSE_URL_UNENCRYPTED' }),
    );
    expect(serverOf({ MOOSE_URL: url, MOOSE_TOKEN, MOOSE_ALLOW_HTTP: '1' }, {})?.url).toBe(url);
  }
  for (const url of ['http://127.0.0.1:4317', 'http://localhost:4317', 'http://[::1]:4317'])
    expect(serverOf({ MOOSE_URL: url, MOOSE_TOKEN }, {})).toMatchObject({ url });
});
