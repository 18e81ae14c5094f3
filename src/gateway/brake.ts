// Stops a runaway session (R-BUD-7): calls that fail in a row, the same action again and again, too many calls per
// second. Forgets the least recently used keys.
import type { BrakeLimits } from './limits.ts';

export interface BrakedCall {
  keyId: string;
  /** The agent's last action; null if it has not acted yet. */
  actionHash: string | null;
}

interface Watched {
  failures: number;
  actionHash: string | null;
  repeats: number;
  /** Start times of the last calls, a ring of `burstCallsMax`; the oldest is at `next`. */
  beganAt: number[];
  next: number;
  reason: string | null;
}

export interface Braked {
  reason: string;
  /** True if it was this call that stopped the session. */
  isNew: boolean;
}

export class Brake {
  readonly #limits: BrakeLimits;
  readonly #keys = new Map<string, Watched>();

  constructor(limits: BrakeLimits) {
    this.#limits = limits;
  }

  /** Called before a request is read. @returns why its key is stopped, or null */
  look(keyId: string): Braked | null {
    const watched = this.#keys.get(keyId);
    if (watched === undefined) return null;
    if (watched.reason !== null) return { reason: watched.reason, isNew: false };
    if (watched.failures < this.#limits.failuresMax) return null;
    watched.reason = this.#failed();
    return { reason: watched.reason, isNew: true };
  }

  /** @returns why the key is stopped, by this call or an earlier one, or null */
  begin({ keyId, actionHash }: BrakedCall, nowMs: number): Braked | null {
    const { burstCallsMax, burstMs, failuresMax, repeatsMax } = this.#limits;
    const watched = this.#watched(keyId);
    if (watched.reason !== null) return { reason: watched.reason, isNew: false };
    const oldest = watched.beganAt[watched.next];
    watched.beganAt[watched.next] = nowMs;
    watched.next = (watched.next + 1) % burstCallsMax;
    if (watched.failures >= failuresMax) watched.reason ??= this.#failed();
    const isRepeat = actionHash !== null && actionHash === watched.actionHash;
    if (isRepeat && watched.repeats >= repeatsMax)
      watched.reason ??= `the same action was repeated ${repeatsMax} times in a row`;
    if (oldest !== undefined && nowMs - oldest < burstMs) {
      watched.reason ??= `more than ${burstCallsMax} calls arrived within ${burstMs / 1_000} s`;
    }
    return watched.reason === null ? null : { reason: watched.reason, isNew: true };
  }

  /** `isFailed: null` means that the call says nothing about the session, for example when its client disconnected. */
  ended({ keyId, actionHash }: BrakedCall, isFailed: boolean | null): void {
    if (isFailed === null) return;
    const watched = this.#watched(keyId);
    watched.failures = isFailed ? watched.failures + 1 : 0;
    // Neither the repetition of a failed call nor an agent's side call, which acts on nothing, counts as a repeated
    // action.
    if (isFailed || actionHash === null) return;
    watched.repeats = watched.actionHash === actionHash ? watched.repeats + 1 : 1;
    watched.actionHash = actionHash;
  }

  #failed(): string {
    return `${this.#limits.failuresMax} calls in a row failed`;
  }

  #watched(keyId: string): Watched {
    const known = this.#keys.get(keyId);
    if (known) {
      // The most recently used key is last.
      this.#keys.delete(keyId);
      this.#keys.set(keyId, known);
      return known;
    }
    const watched = { failures: 0, actionHash: null, repeats: 0, beganAt: [], next: 0, reason: null };
    this.#keys.set(keyId, watched);
    if (this.#keys.size > this.#limits.keysMax) {
      for (const oldest of this.#keys.keys()) {
        this.#keys.delete(oldest);
        break;
      }
    }
    return watched;
  }
}
