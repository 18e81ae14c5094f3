// The facts that the ranking needs about a file's content, in about a kilobyte: its word counts and what it defines.
// Pure.
import { type Definition, findDefinitions } from './find-definitions.ts';
import { copyOf, eachIdentifier, nameTerm, termsOf } from './words.ts';

export interface FileFacts {
  /** The numbers of its words, ascending, and how often each occurs. */
  terms: Uint32Array;
  counts: Uint16Array;
  /** The number of words. */
  length: number;
  definitions: readonly Definition[];
  /** The numbers of the names that it defines, and of their parts, ascending. */
  defined: Uint32Array;
}

/** A file with more distinct words is data, such as a dictionary. */
const termsMax = 20_000;
const countMax = 0xffff;
/** Bounds the memory of the cache for one pass over a repository. */
const keptNamesMax = 200_000;

/** Makes the facts of one file after the other, and caches the words of each name. */
export class FactsMaker {
  readonly #known = new Map<string, readonly number[]>();

  factsOf(path: string, text: string): FileFacts {
    const counted = new Map<number, number>();
    let length = 0;
    eachIdentifier(text, (name) => {
      length += 1;
      for (const term of this.#termsOf(name)) {
        const count = counted.get(term);
        if (count !== undefined || counted.size < termsMax) counted.set(term, (count ?? 0) + 1);
      }
    });
    const definitions = findDefinitions(path, text);
    const terms = Uint32Array.from(counted.keys()).sort();
    const counts = Uint16Array.from(terms, (term) => Math.min(countMax, counted.get(term) ?? 0));
    const named = new Set(definitions.flatMap(({ name }) => [nameTerm(name), ...this.#termsOf(name)]));
    const defined = Uint32Array.from(named).sort();
    return { terms, counts, length, definitions, defined };
  }

  #termsOf(name: string): readonly number[] {
    const known = this.#known.get(name);
    if (known) return known;
    const terms = termsOf(name);
    if (this.#known.size >= keptNamesMax) this.#known.clear();
    this.#known.set(copyOf(name), terms);
    return terms;
  }
}

/** How often a word occurs in a file. */
export function countOf({ terms, counts }: FileFacts, term: number): number {
  return counts[placeOf(terms, term)] ?? 0;
}

/** True if a file defines a name with this number, or a name that contains this part. */
export function defines({ defined }: FileFacts, term: number): boolean {
  return placeOf(defined, term) >= 0;
}

/** Returns -1 if the number is missing. */
function placeOf(ascending: Uint32Array, term: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = ascending[middle] ?? 0;
    if (found === term) return middle;
    if (found < term) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

const bytesPerTerm = 6;
const bytesPerDefinition = 150;
const bytesPerFile = 500;

/** An estimate, for the limit of the cache. */
export function memoryBytesOf({ terms, definitions }: FileFacts): number {
  return bytesPerFile + terms.length * bytesPerTerm + definitions.length * bytesPerDefinition;
}
