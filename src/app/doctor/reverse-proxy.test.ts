import { expect, test } from 'vitest';
import { readConfig } from '../config/config.ts';
import { diagnoseReverseProxy } from './reverse-proxy.ts';

const found = (environment: Record<string, string>) =>
  diagnoseReverseProxy(readConfig(environment).interfaces);

test('R-BASE-4: the doctor warns if the clients of a proxy share one limit', () => {
  expect(found({})).toEqual([]);
  expect(found({ MOOSE_BASE_URL: 'http://moose.example.org' })).toEqual([]);
  const MOOSE_BASE_URL = 'https://moose.example.org';
  expect(found({ MOOSE_BASE_URL })).toMatchObject([
    { state: 'warning', advice: expect.stringContaining('MOOSE_TRUSTED_PROXIES') },
  ]);
  expect(found({ MOOSE_BASE_URL, MOOSE_TRUSTED_PROXIES: '10.0.0.5, 10.1.0.0/16' })).toMatchObject([
    { state: 'ok', found: '10.0.0.5, 10.1.0.0/16' },
  ]);
});
