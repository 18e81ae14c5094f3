import { failCalls } from '../fail-calls.ts';
import type { Scenario } from '../scenario.ts';

export const providerResets: Scenario = {
  name: 'provider-resets',
  group: 'provider',
  does: 'model calls are cut off before their answer',
  lastsMs: [1_000, 3_000],
  reach: 'provider',
  isTransient: true,
  inject: failCalls({ how: 'reset' }),
};
