import { expect, test } from 'vitest';
import {
  ConfigurationError,
  ExternalServiceError,
  PermanentError,
  TransientError,
} from '../domain/failure.ts';
import { cancellation, deadlinePassed, timedOut } from './cut-off.ts';
import { verdictOf } from './verdict.ts';

const said = { code: 'X', component: 'a', operation: 'b', message: 'c.', advice: 'd.' };
const [yes, no] = [true, false];

test.each([
  ['transient', new TransientError(said), [yes, 'failure', yes, yes]],
  ['throttled', new TransientError({ ...said, retryAfterMs: 1 }), [yes, 'failure', yes, no]],
  ['external', new ExternalServiceError(said), [no, 'failure', yes, no]],
  ['permanent', new PermanentError(said), [no, 'ignored', no, yes]],
  ['configuration', new ConfigurationError(said), [no, 'ignored', yes, yes]],
  ['circuit open', new TransientError({ ...said, code: 'CIRCUIT_OPEN' }), [yes, 'ignored', yes, no]],
  ['timed out', timedOut(5), [yes, 'failure', yes, yes]],
  ['cancelled', cancellation(AbortSignal.abort()), [no, 'ignored', no, yes]],
  ['deadline passed', deadlinePassed(0), [no, 'ignored', no, yes]],
  ['without a name', new Error('x'), [no, 'ignored', no, yes]],
  ['not even an error', undefined, [no, 'ignored', no, yes]],
])(
  'R-REC-6: %s: retried, counted by the circuit, fallen over from, charged to the work order',
  (_, failure, expected) => {
    const { retry, outcome, fallsOver, isCharged } = verdictOf(failure);
    expect([retry, outcome, fallsOver, isCharged]).toEqual(expected);
  },
);
