import { failCalls } from '../fail-calls.ts';
import type { Scenario } from '../scenario.ts';

export const providerGarbage: Scenario = {
  name: 'provider-garbage',
  group: 'provider',
  does: 'model calls are answered with bytes that are not JSON',
  lastsMs: [1_000, 3_000],
  reach: 'provider',
  isTransient: true,
  inject: failCalls({ how: 'answer', status: 200, body: '{"id":"x","choices":[{"mess' }),
};
