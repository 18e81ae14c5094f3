import { failCalls } from '../fail-calls.ts';
import type { Scenario } from '../scenario.ts';

export const providerBroken: Scenario = {
  name: 'provider-broken',
  group: 'provider',
  does: 'every model call is answered with 500',
  lastsMs: [1_000, 4_000],
  reach: 'provider',
  isTransient: true,
  inject: failCalls({
    how: 'answer',
    status: 500,
    body: JSON.stringify({ error: { type: 'server_error', message: 'Internal error' } }),
  }),
};
