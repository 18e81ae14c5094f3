// Connects the gateway to the circuits that all machines share: failed calls of agents open circuits, and an open
// circuit stops calls of agents.
import { ExternalServiceError, type MooseError, TransientError } from '../domain/failure.ts';
import type { CallFailureKind } from '../domain/model-call.ts';
import type { Circuits } from '../engine/recovery/circuits.ts';
import { throughModelCircuits } from '../engine/recovery/model-circuits.ts';
import { type CallGuard, type GuardedEnd, type GuardedTarget, guardThrough } from '../gateway/guard.ts';
import { isCircuitOpen } from '../resilience/through-circuit.ts';

/**
 * Failures that mean that a provider or a model is down for everybody; every other failure concerns only its own
 * request.
 */
const codes: Partial<Record<CallFailureKind, string>> = {
  quota: 'MODEL_QUOTA',
  rate_limited: 'MODEL_RATE_LIMITED',
  overloaded: 'MODEL_OVERLOADED',
  provider_down: 'MODEL_OVERLOADED',
  unreachable: 'MODEL_UNREACHABLE',
  cut_stream: 'MODEL_UNREACHABLE',
  malformed: 'MODEL_GARBLED',
  timeout: 'MODEL_TIMEOUT',
};

export function circuitGuard(circuits: Circuits, signal: AbortSignal): CallGuard {
  return guardThrough({
    through: (target, call) => throughModelCircuits(circuits, target, signal, call),
    failureOf,
    openFor: (rejection) => (isCircuitOpen(rejection) ? ((rejection as MooseError).retryAfterMs ?? 0) : null),
  });
}

function failureOf(
  { provider, model }: GuardedTarget,
  { failure, retryAfterMs }: GuardedEnd,
): MooseError | null {
  const code = failure === null ? undefined : codes[failure];
  if (code === undefined) return null;
  const ErrorOf = failure === 'quota' ? ExternalServiceError : TransientError;
  return new ErrorOf({
    code,
    component: 'models',
    operation: 'generate',
    message: `An agent's call to ${model} failed (${failure}).`,
    metadata: { provider, model, failure },
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
  });
}
