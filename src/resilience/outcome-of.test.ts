import { expect, test } from 'vitest';
import {
  ConfigurationError,
  ExternalServiceError,
  PermanentError,
  TransientError,
} from '../domain/failure.ts';
import { cancellation, timedOut } from './cut-off.ts';
import { outcomeOf } from './outcome-of.ts';

const said = { code: 'X', component: 'a', operation: 'b', message: 'c.', advice: 'd.' };

test.each([
  ['transient', new TransientError(said), 'failure'],
  ['throttled', new TransientError({ ...said, retryAfterMs: 1 }), 'failure'],
  ['external', new ExternalServiceError(said), 'failure'],
  ['permanent', new PermanentError(said), 'ignored'],
  ['configuration', new ConfigurationError(said), 'ignored'],
  ['circuit open', new TransientError({ ...said, code: 'CIRCUIT_OPEN' }), 'ignored'],
  ['timed out', timedOut(5), 'failure'],
  ['cancelled', cancellation(AbortSignal.abort()), 'ignored'],
  ['without a name', new Error('x'), 'ignored'],
  ['not even an error', undefined, 'ignored'],
])('R-REC-6: of a failure that is %s, the circuit learns what its cause says', (_, failure, expected) => {
  expect(outcomeOf(failure)).toBe(expected);
});

test('R-PROJ-9: a used-up subscription is no failure of the agent', () => {
  for (const code of ['AGENT_USAGE_LIMIT', 'LOGIN_USED_UP', 'FORGE_PAUSED'])
    expect(outcomeOf(new ExternalServiceError({ code, message: 'm', component: 'c', operation: 'o' }))).toBe(
      'ignored',
    );
});

test('R-REC-2: fear: a firewall keeps Moose from the logs of CI, and the circuit of the whole forge opens', () => {
  expect(outcomeOf(new TransientError({ ...said, code: 'FORGE_LOG_UNREADABLE' }))).toBe('ignored');
});
