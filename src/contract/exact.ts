// Values that JSON has no form for, exactly: times as RFC 3339, and whole numbers of any size as decimal text.
import { z } from '@hono/zod-openapi';

const digitsMax = 40;

/** A time: text on the wire, a `Date` in the program. */
export const exactTime = z
  .codec(z.iso.datetime(), z.date(), {
    decode: (text) => new Date(text),
    encode: (at) => at.toISOString(),
  })
  .openapi({ type: 'string', format: 'date-time' });

// The full type is given again: with `nullable()` only, the document would lack null.
export const exactTimeOrNull = exactTime
  .nullable()
  .openapi({ type: ['string', 'null'], format: 'date-time' });

/** A whole number of any size: decimal digits on the wire, a `bigint` in the program. */
export const exactInteger = z
  .codec(z.string().regex(new RegExp(`^-?\\d{1,${digitsMax}}$`), 'Must be a whole number'), z.bigint(), {
    decode: (text) => BigInt(text),
    encode: (value) => value.toString(),
  })
  .openapi({ type: 'string', pattern: `^-?\\d{1,${digitsMax}}$` });

export const exactIntegerOrNull = exactInteger
  .nullable()
  .openapi({ type: ['string', 'null'], pattern: `^-?\\d{1,${digitsMax}}$` });

/** Bytes: Base64 on the wire. */
export const exactBytes = z
  .codec(z.base64(), z.instanceof(Uint8Array), {
    decode: (text) => new Uint8Array(Buffer.from(text, 'base64')),
    encode: (bytes) => Buffer.from(bytes).toString('base64'),
  })
  .openapi({ type: 'string', format: 'byte' });
