import { failCalls } from '../fail-calls.ts';
import type { Scenario } from '../scenario.ts';

export const providerPage: Scenario = {
  name: 'provider-page',
  group: 'provider',
  does: 'model calls are answered with the HTML page of a proxy',
  lastsMs: [1_000, 3_000],
  reach: 'provider',
  isTransient: true,
  inject: failCalls({
    how: 'answer',
    status: 502,
    headers: { 'content-type': 'text/html' },
    body: '<!doctype html><title>Bad gateway</title>',
  }),
};
