// The circuits that all machines share, as the gateway asks them: what agents meet opens them, and holds agents off.
import { ExternalServiceError, type MooseError, TransientError } from '../domain/failure.ts';
import type { CallFailureKind } from '../domain/model-call.ts';
import type { Circuits } from '../engine/recovery/circuits.ts';
import { type CallGuard, type GuardedEnd, type GuardedTarget, guardThrough } from '../gateway/guard.ts';
import { isCircuitOpen } from '../resilience/through-circuit.ts';
import { type Classify, verdictOf } from '../resilience/verdict.ts';

/** What says that a provider, or a model, does not work for anybody at this moment; every other failure is the request's own. */
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

/** Silence may be the model's alone: it says nothing about the provider's other models. */
const ofTheModel: Classify = (failure) => ({
  ...verdictOf(failure),
  outcome: codeOf(failure) === 'MODEL_TIMEOUT' ? 'failure' : 'ignored',
});
const ofTheProvider: Classify = (failure) =>
  codeOf(failure) === 'MODEL_TIMEOUT' || isCircuitOpen(failure)
    ? { ...verdictOf(failure), outcome: 'ignored' }
    : verdictOf(failure);

export function circuitGuard(circuits: Circuits, signal: AbortSignal): CallGuard {
  return guardThrough({
    through: ({ provider, model }, call) =>
      circuits.through(
        [`provider:${provider}`],
        signal,
        () => circuits.through([`model:${model}`], signal, call, ofTheModel),
        ofTheProvider,
      ),
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
    message: `A call of an agent to ${model} came to nothing (${failure}).`,
    metadata: { provider, model, failure },
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
  });
}

const codeOf = (failure: unknown) => (failure as Partial<MooseError>).code;
