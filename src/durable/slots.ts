// Limits on concurrent work, over all machines: a slot is an advisory lock, so a dead holder's slot is free at once.
import { sleep } from '../stdx/async/sleep.ts';
import type { Locks } from './locks.ts';

/** How soon a slot that another process released is noticed; one released in this process is passed on at once. */
const lookEveryMs = 100;

export type SlotLimit = number | (() => number);

export interface Slots {
  /**
   * Waits for one of `limit` slots of `scope`, first come first served within this process, and holds it during `work`.
   * The limit is read again at each check, so that raising it admits waiting work.
   */
  withSlot<T>(scope: string, limit: SlotLimit, signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

interface Scope {
  /** The slots that this process holds. */
  held: Set<number>;
  /** Settled when it is the next waiter's turn to look for a slot. */
  turn: Promise<unknown>;
  wake: () => void;
}

export function createSlots(locks: Locks): Slots {
  const scopes = new Map<string, Scope>();

  async function look(name: string, scope: Scope, limit: SlotLimit, signal: AbortSignal): Promise<number> {
    for (;;) {
      signal.throwIfAborted();
      for (let index = 0; index < limitNow(limit); index++) {
        if (scope.held.has(index)) continue;
        // A brief loss of the connection may lose the lock. Then one more piece of work runs for a while, which is
        // harmless.
        if (!(await locks.tryLock(slotName(name, index), 'let it go'))) continue;
        scope.held.add(index);
        return index;
      }
      const freed = new Promise<void>((resolve) => {
        scope.wake = resolve;
      });
      await Promise.race([freed, sleep(lookEveryMs, signal)]);
    }
  }

  async function take(name: string, limit: SlotLimit, signal: AbortSignal): Promise<number> {
    const scope = scopes.get(name) ?? { held: new Set(), turn: Promise.resolve(), wake: () => undefined };
    scopes.set(name, scope);
    const taken = scope.turn.then(() => look(name, scope, limit, signal));
    scope.turn = taken.catch(() => undefined);
    return unlessAborted(taken, signal, (index) => give(name, index));
  }

  async function give(name: string, index: number): Promise<void> {
    const scope = scopes.get(name);
    if (!scope) return;
    await locks.unlock(slotName(name, index));
    scope.held.delete(index);
    scope.wake();
  }

  return {
    async withSlot(scope, limit, signal, work) {
      const index = await take(scope, limit, signal);
      try {
        return await work();
      } finally {
        await give(scope, index);
      }
    },
  };
}

const limitNow = (limit: SlotLimit) => (typeof limit === 'number' ? limit : limit());
const slotName = (scope: string, index: number) => `slot:${scope}:${index}`;

/** Stops waiting as soon as the signal is aborted, even behind others; a slot that arrives later is released. */
function unlessAborted(
  taken: Promise<number>,
  signal: AbortSignal,
  giveBack: (index: number) => Promise<void>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    taken
      .then(
        // Checked before resolving: an abort in between has already rejected.
        (index) => (signal.aborted ? giveBack(index) : resolve(index)),
        reject,
      )
      .catch(reject)
      .finally(() => signal.removeEventListener('abort', onAbort));
  });
}
