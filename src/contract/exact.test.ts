import { z } from '@hono/zod-openapi';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exactBytes, exactInteger, exactTime } from './exact.ts';

const overTheWire = <Value>(schema: z.ZodType<Value>, value: Value): Value =>
  schema.parse(JSON.parse(JSON.stringify(z.encode(schema, value))));

test('R-DIST-2: sums, times and bytes are the same after the wire', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
      fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }),
      fc.uint8Array(),
      (integer, time, bytes) => {
        expect(overTheWire(exactInteger, integer)).toBe(integer);
        expect(overTheWire(exactTime, time)).toEqual(time);
        expect([...overTheWire(exactBytes, bytes)]).toEqual([...bytes]);
      },
    ),
  );
  for (const wrong of ['1.5', '0x10', '', 'x', '9'.repeat(41)])
    expect(exactInteger.safeParse(wrong).success).toBe(false);
});
