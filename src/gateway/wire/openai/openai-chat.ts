// OpenAI Chat Completions, which most other providers speak too.
import { foldWith } from '../answers/answer-reader.ts';
import { mayRetry } from '../answers/own-words.ts';
import { failureOfAnswer } from '../answers/provider-failure.ts';
import { refusedHour } from '../anthropic/cache-marks.ts';
import { placed, refusedElsewhere, refusedSchemas } from '../elsewhere.ts';
import { badRequest, boundFeatures, refusedMember } from '../feature.ts';
import { keepClientsTools } from '../hosted-tools.ts';
import type { JsonText } from '../json-text.ts';
import { isObject, type JsonObject, listIn, memberOf, objectIn } from '../json-value.ts';
import { askedOutput, limitFor } from '../output-limit.ts';
import { modelOf, readBody } from '../read-body.ts';
import { refusedWithin } from '../refused-within.ts';
import { headersToSend } from '../sent-headers.ts';
import { thinkingOf } from '../thinking-budget.ts';
import type { ReadCall, Refusal, Wire, WireRequest } from '../wire.ts';
import {
  chatFeatures,
  chatTools,
  isSearching,
  limitNames,
  limitNamesFor,
  refusedSearch,
} from './openai-chat-features.ts';
import { chatAction, chatInput } from './openai-chat-input.ts';
import { chatMessage, compatibleChatRequest, openaiChatRequest } from './openai-chat-shape.ts';
import { ChatUsage } from './openai-chat-usage.ts';
import { openaiAuthorization, openaiError, openaiHeaders, openaiKey, openaiRefusal } from './openai-words.ts';
import { UsageChunkFilter } from './usage-chunk-filter.ts';

export const openaiChat: Wire = {
  name: 'openai-chat',
  matches: (method, path) => method === 'POST' && path === '/v1/chat/completions',
  keyOf: openaiKey,
  read,
  authorization: openaiAuthorization,
  fold: () => foldWith(new ChatUsage()),
  failureOf: (status, _headers, body) => failureOfAnswer(status, body),
  refuse: openaiRefusal,
  breakOff(failure, message) {
    const type = mayRetry(failure) ? 'server_error' : 'invalid_request_error';
    return `\n\ndata: ${JSON.stringify(openaiError(type, failure, message))}\n\n`;
  },
};

function read(request: WireRequest): ReadCall | { refusal: Refusal } {
  const text = readBody(request);
  if ('refusal' in text) return text;
  const { value: body } = text;
  const model = modelOf(memberOf(body, 'model'));
  if (model === null) return badRequest('has no `model`');
  if (!Array.isArray(memberOf(body, 'messages'))) return badRequest('has no list of `messages`');
  const asked = smallestAsked(body);
  if ('problem' in asked) return badRequest(asked.problem);
  const elsewhere =
    refusedElsewhere(request, placed('messages', listIn(body, 'messages'), chatMessage)) ??
    refusedSchemas(request, schemasIn(body));
  if (elsewhere !== null) return { refusal: elsewhere };
  const isOwnHost = request.isOwnHost === true;
  const bounded = bound(text, model, request);
  if ('refusal' in bounded) return bounded;
  const isStream = memberOf(body, 'stream') === true;
  const wantsUsage = memberOf(objectIn(body, 'stream_options'), 'include_usage') === true;
  const { edits } = bounded;
  const thinking = thinkingOf(body, request.isThinkingBeside === true);
  if ('refusal' in thinking) return thinking;
  for (const [name, value] of thinking.edits) edits.set(name, value);
  if (isStream && !wantsUsage) edits.set('stream_options', withUsage(memberOf(body, 'stream_options')));
  return {
    model,
    isStream,
    isFree: false,
    ...chatInput(text, text.bytesWith(edits)),
    // Some providers write to a cache by default and charge for it; where that is free, a cached token has the price of
    // any other input.
    cachePremium: 'write',
    outputTokensMax: asked.tokens,
    thinkingTokensMax: thinking.tokens,
    actionHash: chatAction(body),
    headers: headersToSend(request.headers, openaiHeaders),
    render: (limit) => {
      const names = limitNamesFor(model, limitsIn(body), isOwnHost);
      return text.edited(withLimit(body, names, edits, limitFor(asked.tokens, limit)));
    },
    filter: isStream && !wantsUsage ? () => new UsageChunkFilter() : null,
  };
}

const schemasIn = ({ tools, functions, response_format }: JsonObject) => ({
  tools,
  functions,
  response_format,
});

function smallestAsked(body: JsonObject): { tokens: number | null } | { problem: string } {
  let tokens: number | null = null;
  for (const name of limitNames) {
    const asked = askedOutput(body, name);
    if ('problem' in asked) return asked;
    if (asked.tokens !== null) tokens = limitFor(tokens, asked.tokens);
  }
  return { tokens };
}

function bound(
  text: JsonText,
  model: string,
  request: WireRequest,
): { edits: Map<string, unknown> } | { refusal: Refusal } {
  const { value: body } = text;
  const isOwnHost = request.isOwnHost === true;
  const bounded = boundFeatures(chatFeatures, body);
  if ('refusal' in bounded) return bounded;
  const { edits } = bounded;
  if (isSearching(model)) return { refusal: refusedSearch(model) };
  const hour = refusedHour(body);
  if (hour !== null) return { refusal: hour };
  const within = refusedWithin(memberOf(body, 'messages'), { tools: chatTools });
  if (within !== null) return { refusal: within };
  const tools = keepClientsTools(listIn(body, 'tools'), memberOf(body, 'tool_choice'), chatTools);
  if (tools.refusal) return tools;
  if (tools.kept) edits.set('tools', tools.kept);
  const tier = memberOf(body, 'service_tier') ?? null;
  // Other servers may not know this member, and have other tier names.
  if (isOwnHost && tier === null) edits.set('service_tier', 'default');
  if (!isOwnHost && edits.has('service_tier')) edits.set('service_tier', undefined);
  const shape = isOwnHost ? openaiChatRequest : compatibleChatRequest;
  const refusal = refusedMember(text.valueWith(edits), shape, request);
  return refusal === null ? bounded : { refusal };
}

function withUsage(options: unknown): JsonObject {
  return { ...(isObject(options) ? options : {}), include_usage: true };
}

function limitsIn(body: JsonObject) {
  return limitNames.filter((name) => typeof memberOf(body, name) === 'number');
}

function withLimit(
  body: JsonObject,
  names: ReturnType<typeof limitNamesFor>,
  edits: ReadonlyMap<string, unknown>,
  limit: number,
): Map<string, unknown> {
  const members = new Map(edits);
  for (const name of names) {
    if (memberOf(body, name) !== limit) members.set(name, limit);
  }
  return members;
}
