// Limits on calls and memory that one key may use before its request is read. No session can take what others need
// (R-SEC-3).
import { refused } from '../calls/call-refused.ts';
import type { GatewayLimits } from '../limits.ts';

export type PlaceLimits = Pick<
  GatewayLimits,
  'callsMax' | 'callsPerKeyMax' | 'heldBytesMax' | 'heldBytesPerKeyMax'
>;

interface Taken {
  calls: number;
  bytes: number;
}

export class KeyPlaces {
  readonly #limits: PlaceLimits;
  readonly #keys = new Map<string, Taken>();
  readonly #all: Taken = { calls: 0, bytes: 0 };

  constructor(limits: PlaceLimits) {
    this.#limits = limits;
  }

  /** Takes a slot for a call with a valid key. @throws CallRefused @returns a function that releases the slot, once */
  takeCall(keyId: string): () => void {
    const { callsMax, callsPerKeyMax } = this.#limits;
    const taken = this.#of(keyId);
    if (this.#all.calls >= callsMax || taken.calls >= callsPerKeyMax) throw refused.tooMany();
    return this.#take(keyId, taken, 'calls', 1);
  }

  /** @throws CallRefused @returns a function that releases the bytes, once */
  takeBytes(keyId: string, bytes: number): () => void {
    const { heldBytesMax, heldBytesPerKeyMax } = this.#limits;
    const taken = this.#of(keyId);
    if (this.#all.bytes + bytes > heldBytesMax || taken.bytes + bytes > heldBytesPerKeyMax) {
      throw refused.tooMany();
    }
    return this.#take(keyId, taken, 'bytes', bytes);
  }

  #of(keyId: string): Taken {
    return this.#keys.get(keyId) ?? { calls: 0, bytes: 0 };
  }

  #take(keyId: string, taken: Taken, what: keyof Taken, count: number): () => void {
    this.#keys.set(keyId, taken);
    taken[what] += count;
    this.#all[what] += count;
    return once(() => {
      taken[what] -= count;
      this.#all[what] -= count;
      if (taken.calls === 0 && taken.bytes === 0) this.#keys.delete(keyId);
    });
  }
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    work();
  };
}
