// Tracks a provider's reports of one number in the course of an answer: the largest value counts, because a later one
// may be a placeholder.
import { isObject, memberOf } from '../json-value.ts';

/** More tokens than any call can have, and few enough that their cost fits the ledger's columns. */
const tokensMax = 1_000_000_000;

export class SaidCounts<Name extends string> {
  readonly #most = new Map<Name, number>();
  #isUnreadable = false;

  /** Each of `names` is read from the member of that name, or from its alias in `as`. */
  take(from: unknown, names: readonly Name[], as: Partial<Record<Name, string>> = {}): void {
    if (from === undefined || from === null) return;
    this.#isUnreadable ||= !isObject(from);
    for (const name of names) {
      const said = memberOf(from, as[name] ?? name);
      if (said === undefined || said === null) continue;
      if (typeof said === 'number' && Number.isInteger(said) && said >= 0 && said <= tokensMax)
        this.#raise(name, said);
      else this.#isUnreadable = true;
    }
  }

  /** Null if it was never reported. */
  most(name: Name): number | null {
    return this.#most.get(name) ?? null;
  }

  /** Set if the provider sent something other than a possible number: then its other values cannot be trusted either. */
  get isUnreadable(): boolean {
    return this.#isUnreadable;
  }

  #raise(name: Name, said: number): void {
    this.#most.set(name, Math.max(this.#most.get(name) ?? 0, said));
  }
}
