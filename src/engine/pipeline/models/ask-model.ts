// One call to a model: it passes the circuits of its provider and model, and the gateway, which reserves money from the
// envelope before the call is sent and books the call before its answer is read.
import type { z } from 'zod';
import { isMooseError } from '../../../domain/failure.ts';
import { costOfCall } from '../../../store/money/costs.ts';
import { recordEvent } from '../../../store/work/work-orders/work-orders.ts';
import type { Model, ModelAnswer } from '../../ports/model.ts';
import { throughModelCircuits } from '../../recovery/model-circuits.ts';
import { frozenFor } from '../../run/budget/budget-exceeded.ts';
import { doesNotFit } from '../../run/budget/envelope.ts';
import { ownAccess } from '../../run/gateway-access.ts';
import { fenced, type Work } from '../../run/work.ts';
import type { AffordableCall } from './affordable-call.ts';

export interface Question<T> {
  /** The name of the caller in the ledger: `proposer`, `reviewer`. */
  serviceName: string;
  system: string;
  schema: z.ZodType<T>;
  schemaName: string;
}

/** @throws MooseError for every failure of the call, including CIRCUIT_OPEN if the call was not made */
export async function askModel<T>(
  work: Work,
  model: Model,
  question: Question<T>,
  call: AffordableCall,
): Promise<ModelAnswer<T>> {
  const slotsMax = () => work.settings.providerSlotsMax;
  const called = { provider: model.provider, model: model.name };
  return work.slots.withSlot(`provider:${model.provider}`, slotsMax, work.signal, () =>
    // The circuits are checked after a slot was granted: if a circuit opened during the wait, the call is not made.
    throughModelCircuits(work.circuits, called, work.signal, () => ask(work, model, question, call)),
  );
}

async function ask<T>(
  work: Work,
  model: Model,
  question: Question<T>,
  { prompt, outputTokensMax, worstCaseNanoUsd }: AffordableCall,
): Promise<ModelAnswer<T>> {
  const { serviceName, ...asked } = question;
  const { settings, signal } = work;
  let callId: string | null = null;
  const onCall = (id: string) => {
    callId = id;
  };
  const through = { ...(await ownAccess(work, model)), onCall };
  const limits = { outputTokensMax, timeoutMs: settings.modelTimeoutMs, signal };
  work.reached('generating:before-call', work.run.id);
  const answer = await model.generate({ ...asked, ...limits, prompt, through }).catch(async (cause) => {
    if (!isMooseError(cause) || cause.code !== 'MODEL_BUDGET') throw cause;
    // The ledger decides, even if the envelope seemed to have enough money left.
    const frozen = await work.database.run((query) => frozenFor(query, work), signal);
    throw frozen ?? doesNotFit(work, { model: model.name, worstCaseNanoUsd });
  });
  work.reached('generating:answered', work.run.id);
  await recordAnswer(work, model, serviceName, answer, callId);
  return answer;
}

/** The cost is already booked: the gateway books it before it sends the last byte. */
async function recordAnswer(
  work: Work,
  model: Model,
  serviceName: string,
  { usage, kind }: ModelAnswer<unknown>,
  callId: string | null,
): Promise<void> {
  await fenced(work, async (query) => {
    const costNanoUsd = callId === null ? null : await costOfCall(query, callId);
    const booked = { ...usage, costNanoUsd: costNanoUsd?.toString() ?? null };
    await recordEvent(query, {
      workOrderId: work.order.id,
      kind: 'model.answered',
      actor: model.name,
      detail: { ...booked, callId, kind, serviceName },
    });
  });
}
