import { expect, test } from 'vitest';
import { isPublicHost, publicLookup } from './public-address.ts';

test.each([
  '127.0.0.1',
  '[::1]',
  '10.1.2.3',
  '192.168.0.1',
  '169.254.169.254',
  '[fd00::1]',
  '0.0.0.0',
  'localhost',
  'db',
  'a.internal',
  'printer.local.',
])('R-SEC-6: %s is not public', (host) => expect(isPublicHost(host, 443)).toBe(false));

test.each(['8.8.8.8', '[2606:4700::1111]', 'push.example.org'])('%s may be public', (host) =>
  expect(isPublicHost(host, 443)).toBe(true),
);

test('R-SEC-6: fear: a public name resolves to a private address, and the connection is made', async () => {
  for (const all of [true, false]) {
    const { promise, resolve } = Promise.withResolvers<unknown[]>();
    publicLookup(443)('localhost', { all }, (...answer) => resolve(answer));
    expect((await promise)[0]).toMatchObject({ code: 'ADDRESS_NOT_PUBLIC' });
  }
});
