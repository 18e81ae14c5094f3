import { expect, test } from 'vitest';
import {
  ConfigurationError,
  ExternalServiceError,
  PermanentError,
  TransientError,
} from '../domain/failure.ts';
import { defaultCircuitPolicy as policy } from './circuit.ts';
import { CircuitHolder } from './circuit-holder.ts';
import { outcomeOf } from './outcome-of.ts';
import { throughCircuit } from './through-circuit.ts';
import { withTimeout } from './timeout.ts';

const said = { component: 'provider', operation: 'ask', message: 'It did not work.' };
const deaf = () => new Promise<never>(() => {});
const live = () => new AbortController().signal;

/** A circuit with a clock that moves only when the test sets it. */
function standing() {
  const clock = { nowMs: 0 };
  const circuit = new CircuitHolder({ key: 'provider', policy, now: () => clock.nowMs });
  return { clock, circuit };
}

function opened() {
  const { clock, circuit } = standing();
  for (let failure = 0; failure < policy.failureThreshold; failure++) {
    circuit.record({ generation: 0, lease: null }, 'failure');
  }
  return { clock, circuit };
}

function call(circuit: CircuitHolder, run: () => Promise<unknown>, signal = live()) {
  return throughCircuit(circuit, { classify: outcomeOf, signal }, run);
}

test('R-REC-2: an open circuit makes no call, and says how long to wait', async () => {
  const { circuit } = opened();
  let calls = 0;
  await expect(call(circuit, async () => calls++)).rejects.toMatchObject({
    code: 'CIRCUIT_OPEN',
    retryAfterMs: policy.recoveryTimeoutMs,
  });
  expect(calls).toBe(0);
});

test.each([
  ['a faulty request of ours', new PermanentError({ ...said, code: 'FAULTY' }), { failure: 0, ignored: 1 }],
  [
    'a key that is refused',
    new ConfigurationError({ ...said, code: 'KEY', advice: 'Fix it.' }),
    { failure: 0, ignored: 1 },
  ],
  ['a quota', new ExternalServiceError({ ...said, code: 'QUOTA' }), { failure: 1, ignored: 0 }],
  ['a failure that passes', new TransientError({ ...said, code: 'DOWN' }), { failure: 1, ignored: 0 }],
])(
  'R-REC-6: %s counts against the provider only if it is the provider’s fault',
  async (_, failure, counts) => {
    const { circuit } = standing();
    await expect(call(circuit, () => Promise.reject(failure))).rejects.toBe(failure);
    expect(circuit.counts).toMatchObject(counts);
  },
);

test('R-REC-2: a provider that hangs opens its circuit by timeouts', async () => {
  const { circuit } = standing();
  for (let failure = 0; failure < policy.failureThreshold; failure++) {
    await expect(call(circuit, () => withTimeout(2, live(), deaf))).rejects.toMatchObject({
      code: 'TIMED_OUT',
    });
  }
  expect(circuit.state.phase).toBe('open');
});

test.each([
  ['that ends with the cancellation', (cancel: AbortController) => withTimeout(60_000, cancel.signal, deaf)],
  ['that ends in other words', () => Promise.reject(new TransientError({ ...said, code: 'DOWN' }))],
])('fear: a call that we cancel, %s, counts as a failure of the provider', async (_, run) => {
  const { circuit } = standing();
  const cancel = new AbortController();
  const cut = call(
    circuit,
    async () => {
      const running = run(cancel);
      cancel.abort();
      return running;
    },
    cancel.signal,
  );
  await expect(cut).rejects.toBeInstanceOf(Error);
  expect(circuit.counts).toMatchObject({ failure: 0, ignored: 1 });
});
