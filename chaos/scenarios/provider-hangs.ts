import { failCalls } from '../fail-calls.ts';
import type { Scenario } from '../scenario.ts';

export const providerHangs: Scenario = {
  name: 'provider-hangs',
  group: 'provider',
  does: 'model calls get no answer',
  lastsMs: [2_000, 7_000],
  reach: 'provider',
  isTransient: true,
  inject: failCalls({ how: 'hang' }),
};
