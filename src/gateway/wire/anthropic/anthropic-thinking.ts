// What a model may think beyond the limit on its answer, where another company than the protocol's maker serves it. The
// request keeps the kind of thinking that the agent asked for, because each model of Anthropic refuses some other kind, and
// an address of a company does not say which model it has; what it may think is reserved beside the limit.
import { badRequest } from '../feature.ts';
import { countIn, isObject, type JsonObject, memberOf, textIn } from '../json-value.ts';
import { defaultBudgetTokens, isBudget } from '../thinking-budget.ts';
import type { Refusal } from '../wire.ts';

/** The smallest thinking budget that the provider accepts. */
const thinkingTokensLeast = 1_024;
const off = { type: 'disabled' };

/** `thinking`: the member to write; undefined if it stays as it is. */
export function thinkingElsewhere(
  body: JsonObject,
): { tokens: number; thinking?: JsonObject } | { refusal: Refusal } {
  const given = memberOf(body, 'thinking') ?? null;
  const asked = countIn(body, 'max_tokens') ?? Number.POSITIVE_INFINITY;
  // Newer models think unless they are told not to, and some refuse to be told.
  if (given === null) return { tokens: unasked(asked) };
  // The shape of the request refuses it.
  if (!isObject(given)) return { tokens: 0 };
  const budget = memberOf(given, 'budget_tokens') ?? null;
  if (given.type === 'disabled') return { tokens: 0, ...(budget !== null && { thinking: off }) };
  if (budget !== null && !isBudget(budget))
    return badRequest('has a `thinking.budget_tokens` that is not a whole number of tokens above 0');
  if (given.type !== 'enabled') {
    const { budget_tokens: _, ...sent } = given;
    return { tokens: unasked(asked), ...(budget !== null && { thinking: sent }) };
  }
  const tokens = beside(asked, budget ?? defaultBudgetTokens);
  if (tokens >= asked) return { tokens: 0, thinking: off };
  const isAsGiven = given.type === 'enabled' && tokens === budget;
  return { tokens, ...(!isAsGiven && { thinking: { ...given, type: 'enabled', budget_tokens: tokens } }) };
}

function beside(asked: number, budget: number): number {
  return Math.min(budget, Math.max(thinkingTokensLeast, asked - 1));
}

/** Anthropic documents its limit as one on both; what is reserved beside it is for a server that counts each apart. */
function unasked(asked: number): number {
  return Math.min(defaultBudgetTokens, Math.max(thinkingTokensLeast, asked));
}

/**
 * A thinking budget must stay below the limit if it was below it before.
 * @returns the member to write; null if it stays as it is
 */
export function thinkingBelow(
  thinking: unknown,
  { asked, limit }: { asked: number | null; limit: number },
): JsonObject | null {
  const budget = countIn(thinking, 'budget_tokens');
  const isAbove = textIn(thinking, 'type') === 'enabled' && budget !== null && budget >= limit;
  if (!isAbove || !isObject(thinking) || (asked !== null && budget >= asked)) return null;
  const lowered = Math.max(thinkingTokensLeast, limit - 1);
  return lowered < limit ? { ...thinking, budget_tokens: lowered } : off;
}
