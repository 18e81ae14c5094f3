// One call to a model: drawn from the envelope before it is sent, through the circuits of its provider and its own, and
// booked before its answer is read.
import type { z } from 'zod';
import { isMooseError } from '../../domain/failure.ts';
import type { ReservationId } from '../../domain/ids.ts';
import { type Classify, verdictOf } from '../../resilience/verdict.ts';
import { recordEvent } from '../../store/work-orders.ts';
import { bookCall, costOf, drawCall, voidCall } from '../budget/envelope.ts';
import type { Model, ModelAnswer } from '../ports/model.ts';
import type { AffordableCall } from './affordable-call.ts';
import type { Work } from './work.ts';

export interface Question<T> {
  /** Who asks, as in the ledger: `proposer`, `reviewer`. */
  serviceName: string;
  system: string;
  schema: z.ZodType<T>;
  schemaName: string;
}

/** @throws MooseError for every failure of the call itself, CIRCUIT_OPEN where it was not made among them. */
export async function askModel<T>(
  work: Work,
  model: Model,
  question: Question<T>,
  call: AffordableCall,
): Promise<ModelAnswer<T>> {
  const { providerSlotsMax } = work.settings;
  const keys = [`provider:${model.provider}`, `model:${model.name}`] as const;
  return work.slots.withSlot(`provider:${model.provider}`, providerSlotsMax, work.signal, () =>
    // Within the place: who waited for one while the circuit opened is not let through.
    work.circuits.through(
      [keys[0]],
      work.signal,
      () => work.circuits.through([keys[1]], work.signal, () => ask(work, model, question, call), ofTheModel),
      ofTheProvider,
    ),
  );
}

/** Silence may be the request's fault or the model's: it says nothing about the provider's other models. */
const ofTheModelAlone = new Set(['MODEL_TIMEOUT', 'MODEL_NOT_FOUND']);

const ofTheProvider: Classify = (failure) => {
  const verdict = verdictOf(failure);
  return isMooseError(failure) && (ofTheModelAlone.has(failure.code) || failure.code === 'CIRCUIT_OPEN')
    ? { ...verdict, outcome: 'ignored' }
    : verdict;
};

const ofTheModel: Classify = (failure) => ({
  ...verdictOf(failure),
  outcome: isMooseError(failure) && ofTheModelAlone.has(failure.code) ? 'failure' : 'ignored',
});

async function ask<T>(
  work: Work,
  model: Model,
  question: Question<T>,
  call: AffordableCall,
): Promise<ModelAnswer<T>> {
  const { serviceName } = question;
  const callId = await drawCall(work, { serviceName, model: model.name, ...call });
  work.reached('generating:call-drawn', work.run.id);
  const answer = await send(work, model, question, call, callId);
  const costNanoUsd = costOf(model.price, answer.usage);
  await bookCall(work, callId, {
    costNanoUsd,
    usage: answer.usage,
    calls: 1,
    also: (query) =>
      recordEvent(query, {
        workOrderId: work.order.id,
        kind: 'model.answered',
        actor: model.name,
        detail: { ...answer.usage, costNanoUsd: costNanoUsd.toString(), kind: answer.kind, serviceName },
      }),
  });
  work.reached('generating:call-booked', work.run.id);
  return answer;
}

async function send<T>(
  work: Work,
  model: Model,
  { system, schema, schemaName }: Question<T>,
  { prompt, outputTokensMax }: AffordableCall,
  callId: ReservationId,
): Promise<ModelAnswer<T>> {
  const { settings, signal } = work;
  const timeoutMs = settings.modelTimeoutMs;
  try {
    return await model.generate({ system, prompt, schema, schemaName, outputTokensMax, timeoutMs, signal });
  } catch (cause) {
    // Moose is stopping: whoever takes the run up presumes the call spent.
    if (signal.aborted) throw cause;
    await (wasBilled(cause) ? bookCall(work, callId, unknownCost) : voidCall(work, callId));
    throw cause;
  }
}

const unknownCost = { costNanoUsd: null, usage: { inputTokens: 0, outputTokens: 0 }, calls: 1 };

/** Failures that came before anything was billed; of every other one it is not known, and so it is presumed. */
const unbilledCodes = new Set([
  'MODEL_AUTHENTICATION',
  'MODEL_NOT_FOUND',
  'MODEL_QUOTA',
  'MODEL_RATE_LIMITED',
  'MODEL_OVERLOADED',
  'MODEL_CONTEXT_TOO_LONG',
  'MODEL_BAD_REQUEST',
  'MODEL_REDIRECTED',
]);

function wasBilled(cause: unknown): boolean {
  if (!isMooseError(cause)) return true;
  return !unbilledCodes.has(cause.code) && cause.metadata.nothingSent !== true;
}
