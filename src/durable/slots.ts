// Limits on what runs at once, over all machines: a slot is an advisory lock, so a dead holder's slot is free at once.
import { sleep } from '../stdx/sleep.ts';
import type { Locks } from './locks.ts';

/** How soon a slot that another process has freed is noticed; one freed in this process is passed on at once. */
const lookEveryMs = 100;

export interface Slots {
  /** Waits for one of `limit` slots of `scope`, first come first served within this process, and holds it during `work`. */
  withSlot<T>(scope: string, limit: number, signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

export function createSlots(locks: Locks): Slots {
  const scopes = new Map<string, { held: Set<number>; queue: Promise<unknown>; wake: () => void }>();

  async function take(scope: string, limit: number, signal: AbortSignal): Promise<number> {
    const state = scopes.get(scope) ?? { held: new Set(), queue: Promise.resolve(), wake: () => undefined };
    scopes.set(scope, state);
    const mine = state.queue.then(async () => {
      for (;;) {
        signal.throwIfAborted();
        for (let index = 0; index < limit; index++) {
          if (state.held.has(index) || !(await locks.tryLock(`slot:${scope}:${index}`))) continue;
          state.held.add(index);
          return index;
        }
        const freed = new Promise<void>((resolve) => {
          state.wake = resolve;
        });
        await Promise.race([freed, sleep(lookEveryMs, signal)]);
      }
    });
    state.queue = mine.catch(() => undefined);
    return mine;
  }

  async function give(scope: string, index: number): Promise<void> {
    const state = scopes.get(scope);
    if (!state) return;
    await locks.unlock(`slot:${scope}:${index}`);
    state.held.delete(index);
    state.wake();
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
