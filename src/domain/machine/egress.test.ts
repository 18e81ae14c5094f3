import { expect, test } from 'vitest';
import {
  type EgressEntry,
  egressAdvice,
  entriesFor,
  entryText,
  normalHost,
  type Refusal,
  readEgressEntry,
} from './egress.ts';

const list = (...texts: string[]) =>
  texts.map((text) => readEgressEntry(text, { isPrivate: false })) as EgressEntry[];
const allows = (entries: EgressEntry[], host: string, port = 443) =>
  entriesFor(entries, normalHost(host), port).length > 0;

test('R-SEC-6: a name allows only itself, at ports 80 and 443', () => {
  const entries = list('Example.com');
  expect(allows(entries, 'EXAMPLE.com.')).toBe(true);
  expect(allows(entries, 'example.com', 80)).toBe(true);
  expect(allows(entries, 'example.com', 22)).toBe(false);
  for (const host of ['www.example.com', 'badexample.com', 'example.com.evil.org', 'example.co', ''])
    expect(allows(entries, host), host).toBe(false);
});

test('R-SEC-6: a pattern allows the names below it, and no address', () => {
  const entries = list('*.example.com', '*.0.0.1', '*.1');
  expect(allows(entries, 'a.b.example.com')).toBe(true);
  expect(allows(entries, 'example.com')).toBe(false);
  expect(allows(entries, '127.0.0.1')).toBe(false);
});

test('R-SEC-6: with a port, only that port is allowed', () => {
  const entries = list('example.com:8443');
  expect(allows(entries, 'example.com', 8_443)).toBe(true);
  expect(allows(entries, 'example.com', 443)).toBe(false);
});

test('R-SEC-6: an address in the list allows only itself, in any spelling', () => {
  const entries = list('10.0.0.7:5000', '[2001:DB8:0:0::1]:443');
  expect(entries.some(({ isPrivate }) => isPrivate)).toBe(false);
  expect(allows(entries, '10.0.0.7', 5_000)).toBe(true);
  expect(allows(entries, '10.0.0.8', 5_000)).toBe(false);
  expect(allows(entries, '2001:db8::1')).toBe(true);
  expect(allows(entries, '2001:db8:0::0001')).toBe(true);
  expect(allows(entries, '2001:db8::2')).toBe(false);
});

test.each([
  ['127.1', '127.0.0.1'],
  ['2130706433', '127.0.0.1'],
  ['0x7f.0.0.1', '127.0.0.1'],
  ['0251.0376.0xa9fe', '169.254.169.254'],
  ['127.0.0.1.', '127.0.0.1'],
  ['::FFFF:127.0.0.1', '::ffff:7f00:1'],
  ['v8.dev', 'v8.dev'],
  ['1.2.3.4.5', '1.2.3.4.5'],
])('R-SEC-6: fear: the address %s passes for a name', (given, host) => {
  expect(normalHost(given)).toBe(host);
});

test.each([
  '',
  '*',
  '*.',
  'a b',
  'http://example.com',
  'example.com:0',
  'example.com:65536',
  '-x',
  'a\nb',
  '::1',
])('R-SEC-6: %j is not an entry', (text) => {
  expect(readEgressEntry(text, { isPrivate: false })).toBeNull();
});

test('R-SEC-6: what was refused names its setting: the file for a public host, a person for the rest', () => {
  const refusal = (host: string, port: number, reason: Refusal['reason'] = 'not listed') => ({
    host,
    port,
    reason,
    count: 1,
    firstAt: '2026-01-01T00:00:00Z',
  });
  const refused = [refusal('a.example', 443), refusal('b.example', 8_443, 'address'), refusal('db', 5_432)];
  expect(egressAdvice(refused, { project: 'my api' })).toBe(
    'write `egress: ["a.example"]` into .moose/config.yml on the base branch, and run `moose project set \'my api\' --private-host b.example:8443 --private-host db:5432`',
  );
  expect(egressAdvice(refused.slice(0, 1), { project: 'api', isAgent: true })).toBe(
    'run `moose project set api --agent-host a.example`',
  );
});

test('a refused host is printed as it must be written into the list', () => {
  expect(entryText({ host: 'example.com', port: 443 })).toBe('example.com');
  expect(entryText({ host: 'example.com', port: 8_443 })).toBe('example.com:8443');
  expect(entryText({ host: '::1', port: 99 })).toBe('[::1]:99');
});
