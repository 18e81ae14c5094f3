// Answers whether a text may contain a literal, in whatever case, without reading the text again: most rules are
// dismissed in nanoseconds.

const gramChars = 4;
const slots = 1 << 16;

export interface GramIndex {
  mayHave(grams: Uint16Array): boolean;
}

export function indexGrams(text: string): GramIndex {
  const seen = new Uint8Array(slots);
  let hash = 0;
  for (let at = 0; at < text.length; at += 1) {
    hash = next(hash, text.charCodeAt(at));
    if (at >= gramChars - 1) seen[hash & (slots - 1)] = 1;
  }
  return { mayHave: (grams) => grams.every((gram) => seen[gram] === 1) };
}

/** All the grams of a literal of at least four characters. */
export function gramsOf(literal: string): Uint16Array {
  const grams: number[] = [];
  let hash = 0;
  for (let at = 0; at < literal.length; at += 1) {
    hash = next(hash, literal.charCodeAt(at));
    if (at >= gramChars - 1) grams.push(hash & (slots - 1));
  }
  return Uint16Array.from(grams);
}

/**
 * Each character shifts the hash by four bits: after four more characters it has left the 16 bits of the hash. The case
 * of ASCII letters is ignored, so that one index serves the patterns that ignore it.
 */
function next(hash: number, code: number): number {
  const folded = code >= 65 && code <= 90 ? code + 32 : code;
  return ((hash << 4) ^ (folded * 0x9e5)) & 0xffff;
}
