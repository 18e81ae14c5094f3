// Connects the gateway to the circuits that all machines share: failed calls of agents open circuits, and an open
// circuit stops calls of agents.

import type { CallFailureKind } from '../domain/agents/model-call.ts';
import type { MooseError } from '../domain/failure.ts';
import { modelFailures } from '../engine/ports/model-failure-catalogue.ts';
import type { Circuits } from '../engine/recovery/circuits.ts';
import { throughModelCircuits } from '../engine/recovery/model-circuits.ts';
import { type CallGuard, type GuardedEnd, type GuardedTarget, guardThrough } from '../gateway/calls/guard.ts';
import { isCircuitOpen } from '../resilience/through-circuit.ts';

/**
 * Failures that mean that a provider or a model is down for everybody; every other failure concerns only its own
 * request.
 */
const raisedFor = {
  quota: 'MODEL_QUOTA_OF_AGENT',
  rate_limited: 'MODEL_RATE_LIMITED_OF_AGENT',
  overloaded: 'MODEL_OVERLOADED_OF_AGENT',
  provider_down: 'MODEL_OVERLOADED_OF_AGENT',
  unreachable: 'MODEL_UNREACHABLE_OF_AGENT',
  cut_stream: 'MODEL_UNREACHABLE_OF_AGENT',
  malformed: 'MODEL_GARBLED_OF_AGENT',
  timeout: 'MODEL_TIMEOUT_OF_AGENT',
} as const satisfies Partial<Record<CallFailureKind, keyof typeof modelFailures>>;

function isOfEverybody(failure: CallFailureKind): failure is keyof typeof raisedFor {
  return failure in raisedFor;
}

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
  if (failure === null || !isOfEverybody(failure)) return null;
  const metadata = { provider, model, failure };
  const facts = { operation: 'generate', metadata, ...(retryAfterMs === null ? {} : { retryAfterMs }) };
  return modelFailures[raisedFor[failure]](facts, { model, failure });
}
