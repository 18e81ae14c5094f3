// Anthropic Messages, including token counting.
import type { CallFailureKind } from '../../../domain/agents/model-call.ts';
import { foldWith } from '../answers/answer-reader.ts';
import { mayRetry, ownHeaders, ownMessage } from '../answers/own-words.ts';
import { failureOfAnswer } from '../answers/provider-failure.ts';
import { refusedElsewhere, refusedSchemas } from '../elsewhere.ts';
import { badRequest, boundFeatures, refusedFeature, refusedMember } from '../feature.ts';
import { keepClientsTools } from '../hosted-tools.ts';
import type { JsonText } from '../json-text.ts';
import { countIn, type JsonObject, listIn, memberOf } from '../json-value.ts';
import { askedOutput, limitFor } from '../output-limit.ts';
import { modelOf, readBody } from '../read-body.ts';
import { refusedWithin } from '../refused-within.ts';
import { bearerOf, headerOf, headersToSend } from '../sent-headers.ts';
import type { ReadCall, Refusal, Wire, WireRequest } from '../wire.ts';
import {
  anthropicFeatures,
  anthropicHeaders,
  anthropicTools,
  defaultTariff,
  isBeforeBytes,
} from './anthropic-features.ts';
import { anthropicAction, anthropicContent, anthropicInput } from './anthropic-input.ts';
import { cloudEdits, cloudModelRefusal, cloudRequestHeaders, ownName } from './anthropic-on-cloud.ts';
import { anthropicCounted, anthropicRequest } from './anthropic-shape.ts';
import { thinkingBelow, thinkingElsewhere } from './anthropic-thinking.ts';
import { AnthropicUsage } from './anthropic-usage.ts';
import { cachePremiumOf, refusedCache } from './cache-marks.ts';

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
 * After any other error with status 400, Claude Code repeats the call up to five times, each time without one of its
 * newer features.
 */
const forGood: ReadonlySet<CallFailureKind> = new Set([
  ...(['budget_exceeded', 'braked', 'unpriced', 'model_stopped', 'quota'] as const),
]);

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
  if (model === null) return badRequest('has no `model`');
  if (!Array.isArray(memberOf(body, 'messages'))) return badRequest('has no list of `messages`');
  // Anthropic documents that a limit of 0 only fills the cache.
  const asked = askedOutput(body, 'max_tokens', 0);
  if ('problem' in asked) return badRequest(asked.problem);
  const isFree = request.path === countingPath;
  const { cloud } = request;
  const unnamed = cloud === undefined ? null : cloudModelRefusal(cloud, model);
  if (unnamed !== null) return unnamed;
  const elsewhere =
    refusedElsewhere(request, anthropicContent(body)) ?? refusedSchemas(request, schemasIn(body));
  if (elsewhere !== null) return { refusal: elsewhere };
  const bounded = isFree ? counted(body, request) : bound(text, model, request);
  if ('refusal' in bounded) return bounded;
  const thinking = !isFree && request.isThinkingBeside === true ? thinkingElsewhere(body) : { tokens: 0 };
  if ('refusal' in thinking) return thinking;
  if (thinking.thinking) bounded.edits.set('thinking', thinking.thinking);
  return {
    model,
    isStream: memberOf(body, 'stream') === true,
    isFree,
    ...anthropicInput(text, text.bytesWith(bounded.edits)),
    cachePremium: cachePremiumOf(body),
    outputTokensMax: asked.tokens,
    thinkingTokensMax: thinking.tokens,
    actionHash: anthropicAction(body),
    headers:
      cloud === undefined
        ? headersToSend(request.headers, anthropicHeaders)
        : cloudRequestHeaders(cloud, request, body),
    render: (limit) =>
      isFree ? request.body : text.edited(withLimit(text, bounded.edits, limitFor(asked.tokens, limit))),
    filter: null,
  };
}

const schemasIn = ({ tools, output_config, output_format }: JsonObject) => ({
  tools,
  output_config,
  output_format,
});

function counted(
  body: JsonObject,
  request: WireRequest,
): { edits: Map<string, unknown> } | { refusal: Refusal } {
  const refusal = refusedMember(body, anthropicCounted, request);
  return refusal === null ? { edits: new Map() } : { refusal };
}

function bound(
  text: JsonText,
  model: string,
  request: WireRequest,
): { edits: Map<string, unknown> } | { refusal: Refusal } {
  const { value: body } = text;
  const { cloud } = request;
  if (isBeforeBytes(ownName(model))) {
    return {
      refusal: refusedFeature(`the model ${model}`, 'it may count more tokens than the request has bytes'),
    };
  }
  const bounded = boundFeatures(anthropicFeatures, body);
  if ('refusal' in bounded) return bounded;
  const cache = refusedCache(body);
  if (cache !== null) return { refusal: cache };
  const tools = keepClientsTools(listIn(body, 'tools'), memberOf(body, 'tool_choice'), anthropicTools);
  if (tools.refusal) return tools;
  if (tools.kept) bounded.edits.set('tools', tools.kept);
  const within = refusedWithin([memberOf(body, 'messages'), memberOf(body, 'system')], {
    tools: anthropicTools,
  });
  if (within !== null) return { refusal: within };
  for (const [name, value] of Object.entries(defaultTariff(model, request.isOwnHost === true))) {
    if ((memberOf(body, name) ?? null) === null) bounded.edits.set(name, value);
  }
  const sent = text.valueWith(bounded.edits);
  const refusal = refusedMember(sent, anthropicRequest, request);
  if (refusal !== null) return { refusal };
  return cloud === undefined
    ? bounded
    : { edits: new Map([...bounded.edits, ...cloudEdits(cloud, request, sent)]) };
}

function withLimit(
  { value: body }: JsonText,
  edits: ReadonlyMap<string, unknown>,
  limit: number,
): Map<string, unknown> {
  const members = new Map(edits);
  const asked = countIn(body, 'max_tokens');
  if (asked !== limit) members.set('max_tokens', limit);
  const thinking = thinkingBelow(edits.get('thinking') ?? memberOf(body, 'thinking'), { asked, limit });
  if (thinking !== null) members.set('thinking', thinking);
  return members;
}
