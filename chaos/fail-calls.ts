// Lets every model call fail, for as long as the round says, and at least until one call was hit.
import { sleep } from '../src/stdx/sleep.ts';
import type { ProviderFault } from './provider.ts';
import { NoTarget, type Scenario } from './scenario.ts';

const waitMsMax = 30_000;
const lookEveryMs = 50;

export function failCalls(fault: ProviderFault): Scenario['inject'] {
  return async ({ provider, signal }) => {
    const before = provider.failed();
    provider.fail(fault);
    return async () => {
      const until = performance.now() + waitMsMax;
      try {
        while (provider.failed() === before && performance.now() < until) await sleep(lookEveryMs, signal);
      } finally {
        provider.fail(null);
      }
      if (provider.failed() === before) throw new NoTarget('No model was called.');
    };
  };
}
