import fc from 'fast-check';
import { expect, test } from 'vitest';
import { redact } from '../text/redact.ts';
import { rememberSecrets } from './known-secrets.ts';
import { secretShapes } from './secret-shapes.ts';

test('no text of hexadecimal digits and dashes has the shape of a secret, so only known values are searched for', () => {
  const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef-'), maxLength: 80 });
  fc.assert(
    fc.property(hex, (text) => {
      for (const { pattern } of secretShapes) expect(text.replace(pattern, '')).toBe(text);
    }),
    { numRuns: 500 },
  );
  const value = '5f2b7c1e-90ad-4c1f-8b1e-77d0c3a9e4b2';
  rememberSecrets([{ name: 'HEX_KEY', value }]);
  expect(redact(value)).toBe('[redacted:HEX_KEY]');
});
