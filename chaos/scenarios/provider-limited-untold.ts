import { failCalls } from '../fail-calls.ts';
import type { Scenario } from '../scenario.ts';

export const providerLimitedUntold: Scenario = {
  name: 'provider-limited-untold',
  group: 'provider',
  does: 'every model call is answered with 429, without a retry-after',
  lastsMs: [1_000, 3_000],
  reach: 'provider',
  isTransient: true,
  inject: failCalls({
    how: 'answer',
    status: 429,
    body: JSON.stringify({ error: { type: 'rate_limit_error', message: 'Too many requests' } }),
  }),
};
