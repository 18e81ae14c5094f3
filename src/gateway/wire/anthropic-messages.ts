// Anthropic Messages, with its counting of tokens.
import type { CallFailureKind } from '../../domain/model-call.ts';
import { foldWith } from './answer-reader.ts';
import { anthropicFeatures, anthropicTools } from './anthropic-features.ts';
import { anthropicAction, anthropicParts, cachePremiumOf, toolsInMessages } from './anthropic-input.ts';
import { AnthropicUsage } from './anthropic-usage.ts';
import { badRequest, boundFeatures } from './feature.ts';
import { keepClientsTools, refusedTool } from './hosted-tools.ts';
import type { JsonText } from './json-text.ts';
import { countIn, listIn, memberOf, objectIn, textIn } from './json-value.ts';
import { askedOutput, limitFor } from './output-limit.ts';
import { mayRetry, ownHeaders, ownMessage } from './own-words.ts';
import { failureOfAnswer } from './provider-failure.ts';
import { modelOf, readBody } from './read-body.ts';
import { bearerOf, headerOf, headersToSend } from './sent-headers.ts';
import type { ReadCall, Refusal, Wire, WireRequest } from './wire.ts';

const messagesPath = '/v1/messages';
const countingPath = '/v1/messages/count_tokens';

const errorTypes: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

export const anthropicMessages: Wire = {
  name: 'anthropic-messages',
  matches: (method, path) => method === 'POST' && (path === messagesPath || path === countingPath),
  keyOf: ({ headers }) => headerOf(headers, 'x-api-key') ?? bearerOf(headers),
  read,
  authorization: (apiKey) => ({ 'x-api-key': apiKey }),
  fold: () => foldWith(new AnthropicUsage()),
  failureOf: (status, _headers, body) => failureOfAnswer(status, body),
  refuse: ({ status, failure, message, retryAfterMs }) => ({
    status,
    headers: ownHeaders(failure, retryAfterMs),
    body: JSON.stringify(errorBody(typeOf(status, failure), failure, message)),
  }),
  breakOff(failure, message) {
    const type = mayRetry(failure) ? 'api_error' : typeOf(400, failure);
    return `\n\nevent: error\ndata: ${JSON.stringify(errorBody(type, failure, message))}\n\n`;
  },
};

/**
 * Claude Code makes a call again, five times over, after any other error of status 400, each time without one more of its
 * newer features.
 */
const forGood: ReadonlySet<CallFailureKind> = new Set(['budget_exceeded', 'braked', 'unpriced', 'quota']);

function typeOf(status: number, failure: CallFailureKind): string {
  if (status === 400 && forGood.has(failure)) return 'billing_error';
  return errorTypes[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error');
}

function errorBody(type: string, failure: CallFailureKind, message: string) {
  return { type: 'error', error: { type, message: ownMessage(failure, message) } };
}

function read(request: WireRequest): ReadCall | { refusal: Refusal } {
  const text = readBody(request);
  if ('refusal' in text) return text;
  const { value: body } = text;
  const model = modelOf(memberOf(body, 'model'));
  if (model === null) return badRequest('names no `model`');
  if (!Array.isArray(memberOf(body, 'messages'))) return badRequest('has no list of `messages`');
  const asked = askedOutput(body, 'max_tokens');
  if ('problem' in asked) return badRequest(asked.problem);
  const isFree = request.path === countingPath;
  const bounded = isFree ? { edits: new Map<string, unknown>() } : bound(text);
  if ('refusal' in bounded) return bounded;
  return {
    model,
    isStream: memberOf(body, 'stream') === true,
    isFree,
    parts: anthropicParts(body),
    cachePremium: cachePremiumOf(body),
    outputTokensMax: asked.tokens,
    actionHash: anthropicAction(body),
    headers: headersToSend(request.headers),
    render: (limit) =>
      isFree ? request.body : text.edited(withLimit(text, bounded.edits, limitFor(asked.tokens, limit))),
    filter: null,
  };
}

function bound({ value: body }: JsonText): { edits: Map<string, unknown> } | { refusal: Refusal } {
  const bounded = boundFeatures(anthropicFeatures, body);
  if ('refusal' in bounded) return bounded;
  const tools = keepClientsTools(listIn(body, 'tools'), memberOf(body, 'tool_choice'), anthropicTools);
  if (tools.refusal) return tools;
  if (tools.kept) bounded.edits.set('tools', tools.kept);
  const [defined] = toolsInMessages(body);
  return defined === undefined ? bounded : { refusal: refusedTool(anthropicTools.nameOf(defined)) };
}

/** The least that the provider takes as a budget for thinking. */
const thinkingTokensLeast = 1_024;

/** A budget for thinking has to stay below the limit, where it was below it before. */
function withLimit(
  { value: body }: JsonText,
  edits: ReadonlyMap<string, unknown>,
  limit: number,
): Map<string, unknown> {
  const members = new Map(edits);
  const asked = countIn(body, 'max_tokens');
  if (asked !== limit) members.set('max_tokens', limit);
  const thinking = objectIn(body, 'thinking');
  const budget = countIn(thinking, 'budget_tokens');
  const isAbove = textIn(thinking, 'type') === 'enabled' && budget !== null && budget >= limit;
  if (!isAbove || (asked !== null && budget >= asked)) return members;
  const lowered = Math.max(thinkingTokensLeast, limit - 1);
  members.set('thinking', lowered < limit ? { ...thinking, budget_tokens: lowered } : undefined);
  return members;
}
