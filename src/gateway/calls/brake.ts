// Stops a runaway session (R-BUD-7): calls that fail in a row, the same action or the same request again and again, too
// many calls per second. Forgets the least recently used keys.
import type { BrakeLimits } from '../limits.ts';

export interface BrakedCall {
  keyId: string;
  /** The agent's last action; null if it has not acted yet. */
  actionHash: string | null;
  /** Equal for equal requests; null if equal requests cannot be recognised. */
  requestHash: string | null;
}

interface Watched {
  failures: number;
  actionHash: string | null;
  repeats: number;
  /** The last request of an agent that has not acted, and how often it was sent in a row. */
  requestHash: string | null;
  requests: number;
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
  begin({ keyId, actionHash, requestHash }: BrakedCall, nowMs: number): Braked | null {
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
    const isSentAgain = actionHash === null && requestHash !== null && requestHash === watched.requestHash;
    if (isSentAgain && watched.requests >= repeatsMax)
      watched.reason ??= `the same request was sent ${repeatsMax} times in a row`;
    if (oldest !== undefined && nowMs - oldest < burstMs) {
      watched.reason ??= `more than ${burstCallsMax} calls arrived within ${burstMs / 1_000} s`;
    }
    return watched.reason === null ? null : { reason: watched.reason, isNew: true };
  }

  /** `isFailed: null` means that the call says nothing about the session, for example when its client disconnected. */
  ended({ keyId, actionHash, requestHash }: BrakedCall, isFailed: boolean | null): void {
    if (isFailed === null) return;
    const watched = this.#watched(keyId);
    watched.failures = isFailed ? watched.failures + 1 : 0;
    // The repetition of a failed call does not count as a repeated action or request.
    if (isFailed) return;
    if (actionHash === null) {
      // An agent's side call, which acts on nothing, does not count as a repeated action either.
      watched.requests =
        requestHash !== null && watched.requestHash === requestHash ? watched.requests + 1 : 1;
      watched.requestHash = requestHash;
      return;
    }
    watched.requestHash = null;
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
    const watched: Watched = {
      failures: 0,
      actionHash: null,
      repeats: 0,
      requestHash: null,
      requests: 0,
      beganAt: [],
      next: 0,
      reason: null,
    };
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
