// For tests that never ask a forge; tests of the whole system do.
import type { MooseDeps } from './moose.ts';

const unasked = <T extends object>(): T =>
  new Proxy({} as T, {
    get: (_, name) => {
      throw new TypeError(`A forge was asked to ${String(name)}`);
    },
  });

export const noForge: Pick<MooseDeps, 'forges' | 'recovery'> = { forges: unasked(), recovery: unasked() };
