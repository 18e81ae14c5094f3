// Scans a request's bytes before anything parses them, to find out whether parsing would be too much work (R-SEC-3).
import { endOfString } from '../wire/answers/end-of-string.ts';

export const shapeLimits = {
  /**
   * Text, names and numbers; a million tokens of conversation take about 5 MB. Base64 images and files do not count.
   */
  textBytesMax: 6 * 1_024 * 1_024,
  /** Objects, lists and their members: each costs far more than its bytes. */
  valuesMax: 200_000,
  /** Items of one list of the request: messages, tools. Each is hashed separately. */
  itemsMax: 5_000,
} as const;

export interface RequestShape {
  values: number;
  /** Why the gateway refuses to read the request, as the end of a sentence; null if it reads it. */
  problem: string | null;
}

const [quote, comma, colon] = [0x22, 0x2c, 0x3a];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];
/** Lists of the outermost object. */
const itemDepth = 2;
/** Shorter base64 strings are counted as text. */
const mediaBytesLeast = 4_096;
const mediaPattern = /^"(?:data:[\w.+-]+\/[\w.+-]+;base64,)?[A-Za-z0-9+/_=-]*"$/;

/** Linear in the bytes, and stops at the first limit. The result for invalid JSON is undefined. */
export function shapeOf(bytes: Buffer): RequestShape {
  let values = 0;
  let depth = 0;
  let items = 0;
  let mediaBytes = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === quote) {
      const end = endOfString(bytes, at);
      if (end - at >= mediaBytesLeast && mediaPattern.test(bytes.toString('latin1', at, end)))
        mediaBytes += end - at;
      at = end - 1;
    } else if (byte === openBrace || byte === openBracket) {
      depth += 1;
      values += 1;
      if (depth === itemDepth) items = 0;
    } else if (byte === closeBrace || byte === closeBracket) {
      depth -= 1;
    } else if (byte === comma) {
      values += 1;
      if (depth === itemDepth) items += 1;
    } else if (byte === colon) {
      values += 1;
    }
    if (items >= shapeLimits.itemsMax) {
      return { values, problem: `has a list of more than ${shapeLimits.itemsMax} messages or tools` };
    }
    if (values > shapeLimits.valuesMax) {
      return { values, problem: `contains more than ${shapeLimits.valuesMax} JSON values` };
    }
  }
  const isTooLong = bytes.length - mediaBytes > shapeLimits.textBytesMax;
  return {
    values,
    problem: isTooLong
      ? `contains more than ${shapeLimits.textBytesMax} bytes besides images and files`
      : null,
  };
}
