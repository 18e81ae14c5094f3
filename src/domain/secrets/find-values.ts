// Finds any of many given values in a text, in time that grows with the text and hardly with their number. The
// algorithm: Wu and Manber, 'A fast algorithm for multi-pattern searching', 1994.

export interface FoundValue {
  start: number;
  end: number;
  name: string;
}

export interface ValueFinder {
  isEmpty: boolean;
  /** The first value that begins at `from` or later; if several begin there, the longest. */
  next(text: string, from: number): FoundValue | null;
  /** The end of a value at the start of the text, if a cut removed the rest. */
  cutAtStart(text: string): FoundValue | null;
  /** The beginning of a value at the end of the text, if a cut removed the rest. */
  cutAtEnd(text: string): FoundValue | null;
}

/** Shorter values are never searched for: they occur in ordinary words. */
export const valueCharsMin = 8;
/** A shorter part of a cut value stays: it reveals nothing, and other texts end like that too. */
const cutCharsMin = 12;

const blockChars = 3;
const hashMask = 0xffff;
const farthestShift = valueCharsMin - blockChars + 1;

function hashBefore(text: string, end: number): number {
  return (
    ((text.charCodeAt(end - 3) * 33 + text.charCodeAt(end - 2)) * 33 + text.charCodeAt(end - 1)) & hashMask
  );
}

/** `names` maps each value to its name. Values of fewer than `valueCharsMin` characters are left out. */
export function createValueFinder(names: ReadonlyMap<string, string>): ValueFinder {
  const values = [...names.keys()].filter((value) => value.length >= valueCharsMin);
  const shifts = new Uint8Array(hashMask + 1).fill(farthestShift);
  const candidates = new Map<number, string[]>();
  for (const value of values.toSorted((a, b) => b.length - a.length)) {
    for (let end = blockChars; end <= valueCharsMin; end += 1) {
      const hash = hashBefore(value, end);
      shifts[hash] = Math.min(shifts[hash] ?? 0, valueCharsMin - end);
    }
    const hash = hashBefore(value, valueCharsMin);
    candidates.set(hash, [...(candidates.get(hash) ?? []), value]);
  }
  const nameOf = (value: string) => names.get(value) ?? '';
  const cut = createCutFinder(values, nameOf);
  return {
    isEmpty: values.length === 0,
    next(text, from) {
      if (values.length === 0) return null;
      for (let end = from + valueCharsMin; end <= text.length; ) {
        const hash = hashBefore(text, end);
        const shift = shifts[hash] ?? 0;
        if (shift > 0) {
          end += shift;
          continue;
        }
        const start = end - valueCharsMin;
        const value = candidates.get(hash)?.find((candidate) => text.startsWith(candidate, start));
        if (value !== undefined) return { start, end: start + value.length, name: nameOf(value) };
        end += 1;
      }
      return null;
    },
    ...cut,
  };
}

const between = '\0';

function createCutFinder(values: readonly string[], nameOf: (value: string) => string) {
  const joined = `${between}${values.join(between)}${between}`;
  const valueAt = (place: number) => {
    const start = joined.lastIndexOf(between, place) + 1;
    return { start, value: joined.slice(start, joined.indexOf(between, place)) };
  };
  return {
    cutAtStart(text: string): FoundValue | null {
      if (text.length < cutCharsMin) return null;
      const head = text.slice(0, cutCharsMin);
      for (let at = joined.indexOf(head); at >= 0; at = joined.indexOf(head, at + 1)) {
        const { start, value } = valueAt(at);
        const rest = value.slice(at - start);
        if (text.startsWith(rest)) return { start: 0, end: rest.length, name: nameOf(value) };
      }
      return null;
    },
    cutAtEnd(text: string): FoundValue | null {
      if (text.length < cutCharsMin) return null;
      const tail = text.slice(-cutCharsMin);
      for (let at = joined.indexOf(tail); at >= 0; at = joined.indexOf(tail, at + 1)) {
        const { start, value } = valueAt(at);
        const beginning = value.slice(0, at - start + cutCharsMin);
        if (text.endsWith(beginning))
          return { start: text.length - beginning.length, end: text.length, name: nameOf(value) };
      }
      return null;
    },
  };
}
