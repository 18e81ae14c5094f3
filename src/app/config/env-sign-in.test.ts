import { expect, test } from 'vitest';
import { readConfig } from './config.ts';

const oidc = { MOOSE_OIDC_ISSUER: 'https://login.example.org', MOOSE_OIDC_CLIENT_ID: 'moose' };

test('by default people sign in with tokens only', () => {
  expect(readConfig({}).interfaces.signIn).toEqual({ oidc: null, proxy: null, allow: [] });
});

test('a provider and a proxy, and whom they let in with which role', () => {
  const { interfaces, secrets } = readConfig({
    ...oidc,
    MOOSE_OIDC_CLIENT_SECRET: 'a-secret-of-the-client',
    MOOSE_PROXY_ADDRESSES: '10.0.0.5, 10.1.0.0/16',
    MOOSE_SIGN_IN_ALLOW: 'Ada@Example.org=admin, @example.org=operator, group:a team',
  });
  expect(interfaces.signIn).toEqual({
    oidc: {
      issuer: 'https://login.example.org',
      clientId: 'moose',
      scope: 'openid email',
      clientSecret: 'a-secret-of-the-client',
    },
    proxy: { addresses: ['10.0.0.5', '10.1.0.0/16'], header: 'X-Forwarded-Email' },
    allow: [
      { kind: 'email', value: 'ada@example.org', role: 'admin' },
      { kind: 'domain', value: 'example.org', role: 'operator' },
      { kind: 'group', value: 'a team', role: 'viewer' },
    ],
  });
  expect(secrets.map(({ value }) => value)).toContain('a-secret-of-the-client');
});

test.each([
  ['a provider without an ID', { MOOSE_OIDC_ISSUER: 'https://login.example.org' }, 'MOOSE_OIDC_CLIENT_ID'],
  ['an ID without a provider', { MOOSE_OIDC_CLIENT_ID: 'moose' }, 'MOOSE_OIDC_ISSUER'],
  ['a provider that lets nobody in', oidc, 'MOOSE_SIGN_IN_ALLOW'],
  ['a proxy that lets nobody in', { MOOSE_PROXY_ADDRESSES: '10.0.0.5' }, 'MOOSE_SIGN_IN_ALLOW'],
  ['plain HTTP to another machine', { MOOSE_OIDC_ISSUER: 'http://login.example.org' }, 'MOOSE_OIDC_ISSUER'],
  ['a rule for everybody', { MOOSE_SIGN_IN_ALLOW: '*' }, 'MOOSE_SIGN_IN_ALLOW'],
  ['an unknown role', { MOOSE_SIGN_IN_ALLOW: '@example.org=owner' }, 'MOOSE_SIGN_IN_ALLOW'],
  ['a bare @', { MOOSE_SIGN_IN_ALLOW: '@' }, 'MOOSE_SIGN_IN_ALLOW'],
  ['the name of a proxy', { MOOSE_PROXY_ADDRESSES: 'proxy.example.org' }, 'MOOSE_PROXY_ADDRESSES'],
  ['a client of a proxy', { MOOSE_TRUSTED_PROXIES: '10.0.0.5 10.0.0.6' }, 'MOOSE_TRUSTED_PROXIES'],
  ['a header that Moose reads itself', { MOOSE_PROXY_HEADER: 'Cookie' }, 'MOOSE_PROXY_HEADER'],
])('%s is refused by name', (_what, environment, name) => {
  expect(() => readConfig(environment)).toThrow(name);
});
