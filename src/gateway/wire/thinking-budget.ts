// Some servers that speak Chat Completions give thinking a budget of its own: the limit on the answer does not cover it.
import { badRequest } from './feature.ts';
import { type JsonObject, memberOf } from './json-value.ts';
import type { Refusal } from './wire.ts';

/** For a request that turns thinking on without a budget; below the largest budget of every model that takes one. */
const budgetTokensUsual = 16_384;

export interface ThinkingBudget {
  /** What is reserved beside the answer. */
  tokens: number;
  /** The budget to send; `undefined` removes it. Null if the request stays as it is. */
  edit: { value: number | undefined } | null;
}

/** @param body a request to a server other than OpenAI's own, which has no such budget */
export function thinkingBudgetOf(body: JsonObject): ThinkingBudget | { refusal: Refusal } {
  const asked = memberOf(body, 'thinking_budget') ?? null;
  const isOn = memberOf(body, 'enable_thinking') ?? null;
  if (isOn === false) return { tokens: 0, edit: asked === null ? null : { value: undefined } };
  if (asked === null)
    return isOn === null
      ? { tokens: 0, edit: null }
      : { tokens: budgetTokensUsual, edit: { value: budgetTokensUsual } };
  if (typeof asked === 'number' && Number.isSafeInteger(asked) && asked >= 0)
    return { tokens: asked, edit: null };
  return badRequest('has a `thinking_budget` that is not a whole number');
}
