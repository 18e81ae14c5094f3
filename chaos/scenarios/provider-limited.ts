import { failCalls } from '../fail-calls.ts';
import type { Scenario } from '../scenario.ts';

export const providerLimited: Scenario = {
  name: 'provider-limited',
  group: 'provider',
  does: 'every model call is answered with 429 and a retry-after of one second',
  lastsMs: [1_000, 3_000],
  reach: 'provider',
  isTransient: true,
  inject: failCalls({
    how: 'answer',
    status: 429,
    headers: { 'retry-after': '1' },
    body: JSON.stringify({ error: { type: 'rate_limit_error', message: 'Too many requests' } }),
  }),
};
