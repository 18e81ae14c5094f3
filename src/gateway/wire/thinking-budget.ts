// What a model may think beyond the limit on its answer, at servers that speak OpenAI's protocols. Some models think
// unless they are told not to, and some servers give thinking a budget of its own. So each request either turns thinking
// off, or has a budget that is reserved beside the answer. Makers' own models refuse a budget of that name: what they may
// think is reserved all the same.
import { badRequest } from './feature.ts';
import { isObject, type JsonObject, memberOf, objectIn, textIn } from './json-value.ts';
import { isStrictModel, thinkingTokensOf } from './maker-models.ts';
import type { Refusal } from './wire.ts';

/** Beside thinking that is turned off: some models cannot be told not to think, and then keep to their budget. */
export const leastBudgetTokens = 1_024;

/** For a request without a budget; below the largest budget of every model that takes one. */
export const defaultBudgetTokens = 16_384;

export interface Thinking {
  /** What is reserved beside the answer. */
  tokens: number;
  /** Members of the request to write, or to remove where the value is undefined. */
  edits: ReadonlyMap<string, unknown>;
}

/** Every place of a budget: the object in the request, if it is not the request itself, and the member in it. */
const budgets = [
  [null, 'thinking_budget'],
  ['reasoning', 'max_tokens'],
  ['thinking', 'budget_tokens'],
  ['chat_template_kwargs', 'thinking_budget'],
] as const;

/** Every other member that can turn thinking on, and its value that does not. */
const switches = [
  [null, 'enable_thinking', false],
  [null, 'reasoning_effort', 'none'],
  ['reasoning', 'enabled', false],
  ['reasoning', 'effort', 'none'],
  ['thinking', 'type', 'disabled'],
  ['chat_template_kwargs', 'enable_thinking', false],
  ['chat_template_kwargs', 'thinking', false],
  ['chat_template_kwargs', 'reasoning_effort', 'none'],
] as const;

/**
 * Members on none of these lists are refused by the shape of the request.
 * @param isBeside the server may let a model think beyond the limit on its answer
 */
export function thinkingOf(body: JsonObject, isBeside: boolean): Thinking | { refusal: Refusal } {
  if (isOff(body)) {
    const tokens = isBeside ? leastBudgetTokens : 0;
    const isGiven = memberOf(body, 'thinking_budget') !== undefined;
    return { tokens, edits: new Map(isGiven || isBeside ? [['thinking_budget', tokens || undefined]] : []) };
  }
  let largest = 0;
  for (const [place, name] of budgets) {
    const asked = within(body, place, name);
    if (asked === undefined) continue;
    if (!isBudget(asked))
      return badRequest(
        `has a \`${place === null ? name : `${place}.${name}`}\` that is not a whole number of tokens above 0`,
      );
    largest = Math.max(largest, asked);
  }
  if (!isBeside) return { tokens: largest, edits: new Map() };
  const tokens = largest === 0 ? thinkingTokensOf(modelIn(body), defaultBudgetTokens) : largest;
  return { tokens, edits: withBudget(body, tokens) };
}

const modelIn = (body: JsonObject) => textIn(body, 'model') ?? '';
const isStrict = (body: JsonObject) => isStrictModel(modelIn(body));

export function isBudget(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}

/** Only where the one word that turns it off everywhere is said, and nothing else turns it on. */
function isOff(body: JsonObject): boolean {
  const isOn = switches.some(([place, name, off]) => {
    const value = within(body, place, name);
    return value !== undefined && value !== off;
  });
  const isBudgeted = budgets.some(
    ([place, name]) => place !== null && within(body, place, name) !== undefined,
  );
  return memberOf(body, 'enable_thinking') === false && !isOn && !isBudgeted;
}

/** In each object that the request has, too: a server may read only its own. */
function withBudget(body: JsonObject, tokens: number): Map<string, unknown> {
  const edits = new Map<string, unknown>();
  for (const [place, name] of budgets) {
    if (within(body, place, name) !== undefined) continue;
    if (place === null) {
      if (!isStrict(body)) edits.set(name, tokens);
      continue;
    }
    if (isObject(body[place]) && takesBudget(body, place))
      edits.set(place, { ...body[place], [name]: tokens });
  }
  return edits;
}

/** Thinking that is off needs no budget, and an effort allows none beside it. */
function takesBudget(body: JsonObject, place: string): boolean {
  if (place === 'thinking') {
    const type = within(body, place, 'type');
    return isStrict(body) ? type === 'enabled' : type !== 'disabled';
  }
  if (place !== 'reasoning') return true;
  return within(body, place, 'enabled') !== undefined && within(body, place, 'effort') === undefined;
}

/** Null counts as absent. */
function within(body: JsonObject, place: string | null, name: string): unknown {
  return memberOf(place === null ? body : objectIn(body, place), name) ?? undefined;
}
