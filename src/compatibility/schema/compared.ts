// The state that all parts of a comparison of two schemas share.
import type { Findings } from '../comparison.ts';
import { isMembers } from './read-document.ts';
import type { Root } from './root.ts';

/** Who handles the values: users send them, read them, or both. */
export type Flow = 'sent' | 'read' | 'both';

export interface Compared {
  before: Root;
  after: Root;
  flow: Flow;
  findings: Findings;
  seen: SeenPairs;
}

export const breaksSenders = ({ flow }: Pick<Compared, 'flow'>) => flow !== 'read';
export const breaksReaders = ({ flow }: Pick<Compared, 'flow'>) => flow !== 'sent';

export const named = (member: string) => (member === '' ? 'The document' : member);

/** Pairs of schemas that are being or have been compared: a schema may contain itself. */
export class SeenPairs {
  readonly #pairs = new Map<unknown, Set<unknown>>();
  readonly #up: SeenPairs | undefined;

  constructor(up?: SeenPairs) {
    this.#up = up;
  }

  has(before: unknown, after: unknown): boolean {
    return (this.#pairs.get(before)?.has(after) ?? false) || (this.#up?.has(before, after) ?? false);
  }

  add(before: unknown, after: unknown): void {
    const known = this.#pairs.get(before);
    if (known) known.add(after);
    else this.#pairs.set(before, new Set([after]));
  }
}

const equalDepthMax = 40;

export function isEqual(one: unknown, other: unknown, depth = 0): boolean {
  if (Object.is(one, other)) return true;
  if (depth > equalDepthMax) return false;
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((each, at) => isEqual(each, other[at], depth + 1));
  if (!isMembers(one) || !isMembers(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && isEqual(one[key], other[key], depth + 1))
  );
}
