import { failCalls } from '../fail-calls.ts';
import type { Scenario } from '../scenario.ts';

export const providerCuts: Scenario = {
  name: 'provider-cuts',
  group: 'provider',
  does: 'the second half of every answer is missing, and it is billed',
  lastsMs: [1_000, 3_000],
  reach: 'provider',
  isTransient: true,
  inject: failCalls({ how: 'cut' }),
};
