// What a new text of a contract breaks for users of the old one (R-SPEC-3). Pure and bounded: a hostile text costs at
// most the limits below, and then cannot be compared.
import type { BreakingChange } from '../domain/plan/breaking-change.ts';
import { contractKinds } from '../domain/plan/plan.ts';

/** A contract of kind `command` is run, not compared. */
export const comparedKinds = contractKinds.filter((kind) => kind !== 'command');
export type ComparedKind = Exclude<(typeof contractKinds)[number], 'command'>;

export const isComparedKind = (kind: string): kind is ComparedKind =>
  comparedKinds.some((compared) => compared === kind);

export type Comparison =
  | { is: 'compared'; breaking: BreakingChange[] }
  | { is: 'unreadable'; side: Side; because: string };

export type Side = 'before' | 'after';

export interface ContractFile {
  path: string;
  text: string;
  /** Files that the contract imports or refers to, by their path in the repository. */
  others?: Readonly<Record<string, string>>;
}

export interface Pair {
  before: ContractFile;
  after: ContractFile;
}

export const compareLimits = {
  textCharsMax: 1_000_000,
  /** Nobody would read more. */
  breakingMax: 100,
  /** Members, schemas or statements that are compared; real contracts have a few thousand. */
  lookedMax: 50_000,
  depthMax: 60,
  shownCharsMax: 300,
} as const;

/** For a text that cannot be read or is too large to compare. Used only inside this folder. */
export class Unreadable extends Error {
  readonly side: Side;
  constructor(side: Side, because: string) {
    super(because);
    this.side = side;
  }
}

/** Collects breaking changes, and aborts a comparison that takes too long. */
export class Findings {
  readonly breaking: BreakingChange[] = [];
  readonly #told = new Set<string>();
  #looked = { count: 0 };

  /** A separate collection that counts towards the same limit: for a trial whose findings may be discarded. */
  aside(): Findings {
    const apart = new Findings();
    apart.#looked = this.#looked;
    return apart;
  }

  look(depth: number): void {
    this.#looked.count += 1;
    if (this.#looked.count > compareLimits.lookedMax)
      throw new Unreadable('after', 'it is too large to be compared');
    if (depth > compareLimits.depthMax)
      throw new Unreadable('after', 'it is nested too deeply to be compared');
  }

  add(member: string, before: string | null, after: string | null, message: string): void {
    const found = { member, before: cut(before), after: cut(after), message };
    const key = `${member}\n${message}`;
    if (this.#told.has(key) || this.breaking.length >= compareLimits.breakingMax) return;
    this.#told.add(key);
    this.breaking.push(found);
  }
}

function cut(text: string | null): string | null {
  const most = compareLimits.shownCharsMax;
  return text === null || text.length <= most ? text : `${text.slice(0, most - 1).toWellFormed()}…`;
}
