import { expect, test } from 'vitest';
import { readEgressEntry } from '../domain/machine/egress.ts';
import { packageRegistries, registriesIn } from './package-registries.ts';

test('R-SEC-6: each registry is a host, listed once', () => {
  const hosts = Object.values(packageRegistries).flat();
  expect(new Set(hosts).size).toBe(hosts.length);
  for (const host of hosts) expect(readEgressEntry(host, { isPrivate: false }), host).toMatchObject({ host });
});

test('R-SEC-6: a registry that the environment names is found, in the form of each package manager', () => {
  expect(
    registriesIn({
      npm_config_registry: 'https://npm.corp.example/path/',
      npm_config_corp_registry: 'http://scoped.example:4873',
      PIP_INDEX_URL: 'https://user:word@pypi.corp.example/simple',
      PIP_EXTRA_INDEX_URL: 'https://a.example/simple https://b.example:8443/simple',
      UV_INDEX: 'corp=https://uv.example/simple',
      GOPROXY: 'https://go.example,direct|off',
      GOSUMDB: 'sum.example+key https://sum.example',
      CARGO_REGISTRIES_CORP_INDEX: 'sparse+https://cargo.example/index/',
      SENTRY_URL: 'https://elsewhere.example',
    }),
  ).toEqual([
    'npm.corp.example:443',
    'scoped.example:4873',
    'pypi.corp.example:443',
    'a.example:443',
    'b.example:8443',
    'uv.example:443',
    'go.example:443',
    'sum.example:443',
    'cargo.example:443',
  ]);
});

test('what is no address of a registry is passed over', () => {
  const values = {
    PIP_INDEX_URL: 'file:///srv',
    GOPROXY: 'off',
    npm_config_registry: 'nonsense',
    UV_INDEX: '',
  };
  expect(registriesIn(values)).toEqual([]);
});
