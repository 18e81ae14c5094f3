// What a model may think beyond the limit on its answer, in Gemini's protocol: its maker documents the limit as one on
// both, but in other words also as one on the answer alone.
import { badRequest } from '../feature.ts';
import { isObject, type JsonObject, memberOf } from '../json-value.ts';
import { defaultBudgetTokens, isBudget } from '../thinking-budget.ts';
import type { Refusal } from '../wire.ts';
import { eitherIn, spellingIn } from './gemini-request.ts';

/** The model decides how much it thinks. */
const dynamic = -1;

/**
 * @param settings the request's `generationConfig`
 * @param asked the limit on the answer
 * @param isBeside the server may let a model think beyond that limit
 * @returns `settings`: what to write instead; undefined if they stay as they are
 */
export function geminiThinking(
  settings: unknown,
  asked: number | null,
  isBeside: boolean,
): { tokens: number; settings?: JsonObject } | { refusal: Refusal } {
  const place = spellingIn(settings, 'thinkingConfig');
  const config = memberOf(settings, place) ?? null;
  const name = spellingIn(config, 'thinkingBudget');
  const budget = eitherIn(config, 'thinkingBudget') ?? null;
  if (budget !== null && budget !== 0 && budget !== dynamic && !isBudget(budget))
    return badRequest('has a `thinkingBudget` that is not a whole number of tokens');
  if (budget === 0) return { tokens: 0 };
  const isNamed = budget !== null && budget !== dynamic;
  if (!isBeside) return { tokens: isNamed && asked !== null && budget > asked ? budget : 0 };
  if (isNamed) return { tokens: budget };
  const { [spellingIn(config, 'thinkingLevel')]: _, ...kept } = isObject(config) ? config : {};
  const written = { ...kept, [name]: defaultBudgetTokens };
  return {
    tokens: defaultBudgetTokens,
    settings: { ...(isObject(settings) ? settings : {}), [place]: written },
  };
}
