// All layers of recovery around one call. Outermost first:
//
//   deadline → degrade → retry → circuit → bulkhead → timeout → call
//
// The deadline holds for all ways and attempts together. Each way has retries and a circuit of its own, so that one
// that is known to be down is passed over in no time. A retry asks the circuit again: what is refused there costs no
// attempt. The circuit is outside of the bulkhead, so that a refused call takes no place, and what the bulkhead refuses
// says nothing about the provider. The timeout is of one call, and begins when that has its place.
import { TransientError } from '../domain/failure.ts';
import type { Bulkhead } from './bulkhead.ts';
import type { CircuitHolder } from './circuit-holder.ts';
import { withDeadline } from './deadline.ts';
import { type Degraded, degrade, type PassedOver, type Ways } from './degrade.ts';
import { type RetryOptions, type RetryPolicy, retry } from './retry.ts';
import { withTimeout } from './timeout.ts';
import { type Classify, verdictOf } from './verdict.ts';

export interface Way<T> {
  name: string;
  circuit?: Pick<CircuitHolder, 'key' | 'admit' | 'record'>;
  bulkhead?: Pick<Bulkhead, 'run'>;
  timeoutMs?: number;
  /** `attempt` counts the calls of this way, from 1. */
  call(signal: AbortSignal, attempt: number): Promise<T>;
}

export interface Guard extends Omit<RetryOptions, 'classify'> {
  retry: RetryPolicy;
  classify?: Classify;
  onPassedOver?(passed: PassedOver): void;
}

/** Ends within a tick of the signal or the deadline, even where the call is deaf to both. */
export async function guarded<T>(guard: Guard, ways: Ways<Way<T>>): Promise<Degraded<T>> {
  const { retry: policy, classify = verdictOf, onPassedOver, ...options } = guard;
  const fallsOver = (failure: unknown) => classify(failure).fallsOver;
  // Where there is another way, nobody waits for an open circuit.
  const impatient: Classify = (failure) => {
    const verdict = classify(failure);
    return isCircuitOpen(failure) ? { ...verdict, retry: false, fallsOver: true } : verdict;
  };
  return withDeadline(guard, (signal) =>
    degrade(
      ways,
      {
        signal,
        fallsOver: (failure) => isCircuitOpen(failure) || fallsOver(failure),
        ...(onPassedOver ? { onPassedOver } : {}),
      },
      (way, isLast) =>
        retry(policy, { ...options, signal, classify: isLast ? classify : impatient }, (attempt) =>
          takeWay(way, classify, signal, attempt),
        ),
    ),
  );
}

function takeWay<T>(way: Way<T>, classify: Classify, signal: AbortSignal, attempt: number): Promise<T> {
  const { circuit, bulkhead, timeoutMs } = way;
  const call = () =>
    timeoutMs === undefined
      ? way.call(signal, attempt)
      : withTimeout(timeoutMs, signal, (timed) => way.call(timed, attempt));
  const placed = bulkhead ? () => bulkhead.run(signal, call) : call;
  return circuit ? throughCircuit(circuit, { classify, signal }, placed) : placed();
}

/** Rejects with CIRCUIT_OPEN, and when to come back, where the circuit lets nobody through. */
export async function throughCircuit<T>(
  circuit: Pick<CircuitHolder, 'key' | 'admit' | 'record'>,
  { classify, signal }: { classify: Classify; signal: AbortSignal },
  call: () => Promise<T>,
): Promise<T> {
  const admission = circuit.admit();
  if (!admission.admitted) throw circuitOpen(circuit.key, admission.retryAfterMs);
  try {
    const value = await call();
    circuit.record(admission.permit, 'success');
    return value;
  } catch (failure) {
    // A call that we cut off ourselves says nothing about who was called.
    circuit.record(admission.permit, signal.aborted ? 'ignored' : classify(failure).outcome);
    throw failure;
  }
}

export function isCircuitOpen(failure: unknown): boolean {
  return failure instanceof Error && 'code' in failure && failure.code === 'CIRCUIT_OPEN';
}

/** What who is not let through is told. */
export function circuitOpen(key: string, retryAfterMs: number): TransientError {
  return new TransientError({
    code: 'CIRCUIT_OPEN',
    component: 'resilience',
    operation: 'admit',
    message: `${key} failed too often, and is left alone for another ${Math.ceil(retryAfterMs)} ms.`,
    advice:
      'Moose goes on by itself when it works again; look at the errors before this one for what is wrong.',
    retryAfterMs,
    metadata: { circuit: key },
  });
}
