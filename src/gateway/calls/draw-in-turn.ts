// Draws a call once it is its turn: held at the price of the models that are known to answer, or, beside another call whose
// answer may show a dearer model, at the price of the dearest that its provider lists.
import type { ModelPrice } from '../../domain/agents/price.ts';
import { refused } from './call-refused.ts';
import { type Drawn, type DrawRequest, drawAtOnce, drawCall } from './draw-call.ts';
import { type FirstTurn, noTurn, type TurnAsked } from './first-answers.ts';
import type { Parts } from './parts.ts';

export interface Pricing {
  /** Each of the provider's models always answers by itself. */
  answersAsAsked: boolean;
  /**
   * A model of the maker itself or of a cloud that answers by its name, or a router that keeps to a highest price: what has
   * answered answers again. An answer may show that it does not.
   */
  isSteady(): boolean;
  /** Covers all models that are known to answer. @throws CallRefused */
  bound(): ModelPrice;
  /** Covers all models that the provider lists; null if that is no more. */
  dearest(): ModelPrice | null;
}

export interface DrawnInTurn {
  first: FirstTurn;
  boundPrice: ModelPrice;
  drawn: Drawn;
}

/** @throws CallRefused */
export async function drawInTurn(
  parts: Parts,
  request: Omit<DrawRequest, 'price'>,
  pricing: Pricing,
): Promise<DrawnInTurn> {
  if (pricing.answersAsAsked) return drawWith(parts, request, pricing, noTurn);
  const { firsts, limits } = parts;
  const { signal, identity } = request;
  const { model, keyId, keyHash } = identity;
  const asked: TurnAsked = {
    model,
    keyId,
    isAlwaysAlone: () => !pricing.isSteady() && pricing.dearest() !== null,
    hasEnded: async () => /^(?:invalid|stopped)$/.test(await parts.ledger.verifyKey(keyId, keyHash)),
  };
  // Behind an alias that has answered before, only the next answer shows more; nobody waits for that.
  const patienceMs = firsts.hasAnswered(model) ? 0 : Math.min(limits.firstPatienceMs, limits.firstAnswerMs);
  const soon = await firsts.enter(asked, patienceMs, signal);
  if (soon !== null) return drawWith(parts, request, pricing, soon);
  const beside = await drawBeside(parts, request, pricing);
  if (beside !== null) return beside;
  const late = await firsts.enter(asked, limits.firstAnswerMs - patienceMs, signal);
  if (late === null) throw refused.awaitsFirst(model);
  return drawWith(parts, request, pricing, late);
}

/** Null if the money for the dearest model is not there. */
async function drawBeside(
  parts: Parts,
  request: Omit<DrawRequest, 'price'>,
  pricing: Pricing,
): Promise<DrawnInTurn | null> {
  // What has no price is refused.
  pricing.bound();
  const boundPrice = pricing.dearest();
  if (boundPrice === null) return null;
  const drawn = await drawAtOnce(parts, { ...request, price: boundPrice });
  return drawn && { first: parts.firsts.beside(request.identity.model), boundPrice, drawn };
}

async function drawWith(
  parts: Parts,
  request: Omit<DrawRequest, 'price'>,
  pricing: Pricing,
  first: FirstTurn,
): Promise<DrawnInTurn> {
  try {
    const boundPrice = pricing.bound();
    return { first, boundPrice, drawn: await drawCall(parts, { ...request, price: boundPrice }) };
  } catch (cause) {
    first.over();
    throw cause;
  }
}
