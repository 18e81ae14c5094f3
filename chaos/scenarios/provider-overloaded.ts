import { failCalls } from '../fail-calls.ts';
import type { Scenario } from '../scenario.ts';

export const providerOverloaded: Scenario = {
  name: 'provider-overloaded',
  group: 'provider',
  does: 'every model call is answered with 529',
  lastsMs: [1_000, 4_000],
  reach: 'provider',
  isTransient: true,
  inject: failCalls({
    how: 'answer',
    status: 529,
    body: JSON.stringify({ error: { type: 'overloaded_error', message: 'Overloaded' } }),
  }),
};
