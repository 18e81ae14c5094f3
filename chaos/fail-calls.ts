// Makes every model call fail for the round's duration, and until at least one call has failed.
import { sleep } from '../src/stdx/async/sleep.ts';
import type { ProviderFault } from './provider.ts';
import { NoTarget, type Scenario } from './scenario.ts';

const waitMsMax = 30_000;
const lookEveryMs = 50;

export function failCalls(fault: ProviderFault): Scenario['inject'] {
  return async ({ provider, signal }) => {
    const active = provider.fail(fault);
    return async () => {
      const until = performance.now() + waitMsMax;
      try {
        while (active.hits() === 0 && performance.now() < until) await sleep(lookEveryMs, signal);
      } finally {
        active.end();
      }
      if (active.hits() === 0) throw new NoTarget('No model was called.');
    };
  };
}
