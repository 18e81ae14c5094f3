// What a model may think beyond the limit on its answer, in Gemini's protocol: its maker documents the limit as one on
// both, but in other words also as one on the answer alone.
import { badRequest } from '../feature.ts';
import { isObject, type JsonObject, memberOf } from '../json-value.ts';
import { geminiTokensMax, isWithoutThinking } from '../maker-models.ts';
import { defaultBudgetTokens, isBudget } from '../thinking-budget.ts';
import type { Refusal } from '../wire.ts';
import { eitherIn, spellingIn } from './gemini-request.ts';

/** The model decides how much it thinks. */
const dynamic = -1;

export interface GeminiServer {
  model: string;
  /** The server may let a model think beyond the limit on its answer. */
  isBeside: boolean;
  /** Google's own, which knows what each model takes. */
  isOwnHost: boolean;
}

/**
 * @param settings the request's `generationConfig`
 * @param asked the limit on the answer
 * @returns `settings`: what to write instead; undefined if they stay as they are
 */
export function geminiThinking(
  settings: unknown,
  asked: number | null,
  { model, isBeside, isOwnHost }: GeminiServer,
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
  // Google documents that a model may think for more than its budget.
  if (isNamed) return { tokens: Math.max(budget, Math.min(2 * budget, geminiTokensMax)) };
  if (isWithoutThinking(model)) return { tokens: isOwnHost ? 0 : defaultBudgetTokens };
  if (isOwnHost) return { tokens: geminiTokensMax };
  const { [spellingIn(config, 'thinkingLevel')]: _, ...kept } = isObject(config) ? config : {};
  const written = { ...kept, [name]: defaultBudgetTokens };
  return {
    tokens: 2 * defaultBudgetTokens,
    settings: { ...(isObject(settings) ? settings : {}), [place]: written },
  };
}
