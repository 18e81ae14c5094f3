import fc from 'fast-check';
import { expect, test } from 'vitest';
import { redact } from '../redact.ts';
import { rememberSecrets } from './known-secrets.ts';
import { createRedactingStream } from './redacting-stream.ts';

const secret = 'planted-7f3a9c21d4e8';
rememberSecrets([{ name: 'SHOP_TOKEN', value: secret }]);
const key = `-----BEGIN PRIVATE KEY-----\n${`${'MIIEvQIBADANBgkq'.repeat(4)}\n`.repeat(9)}-----END PRIVATE KEY-----\n`;
const text = `one\ntoken ${secret} here\n${key}two ghp_${'a1B2'.repeat(9)}\nno end of line`;

test('R-FAIL-7: wherever a text is cut into pieces, the same parts are redacted as in the whole', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(text.length), { maxLength: 20 }), (places) => {
      const cuts = [0, ...places.toSorted((a, b) => a - b), text.length];
      const stream = createRedactingStream();
      const shown = cuts.slice(1).map((to, index) => stream.take(text.slice(cuts[index], to)));
      expect([...shown, stream.rest()].join('')).toBe(redact(text));
    }),
  );
});

test('a line is shown as soon as it is complete, and an endless line is not waited for', () => {
  const stream = createRedactingStream();
  expect(stream.take('one\ntw')).toBe('one\n');
  expect(stream.take('o\n')).toBe('two\n');
  expect(stream.take('x'.repeat(100_000))).toHaveLength(100_000);
  expect(stream.take('-----BEGIN PRIVATE KEY-----\n')).toBe('');
  expect(stream.rest()).toBe('-----BEGIN PRIVATE KEY-----\n');
});
