// One call through a circuit: it is not made while the circuit is open, and its outcome is recorded.

import type { TransientError } from '../domain/failure.ts';
import type { CircuitHolder } from './circuit-holder.ts';
import { resilienceFailures } from './failure-catalogue.ts';
import type { Classify } from './outcome-of.ts';

/** Rejects with CIRCUIT_OPEN, and the time to wait, if the circuit admits no call. */
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
    // A call that we cut off ourselves says nothing about the called side.
    circuit.record(admission.permit, signal.aborted ? 'ignored' : classify(failure));
    throw failure;
  }
}

export function isCircuitOpen(failure: unknown): boolean {
  return failure instanceof Error && 'code' in failure && failure.code === 'CIRCUIT_OPEN';
}

/**
 * The error for a call that is not admitted; `cause` is the failure that opened the circuit, if the caller has just
 * seen it.
 */
export function circuitOpen(key: string, retryAfterMs: number, cause?: unknown): TransientError {
  return resilienceFailures.CIRCUIT_OPEN(
    { operation: 'admit', retryAfterMs, metadata: { circuit: key }, cause },
    { key },
  );
}
