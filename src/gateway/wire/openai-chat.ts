// OpenAI Chat Completions, which most others speak too.
import { foldWith } from './answer-reader.ts';
import { badRequest, boundFeatures, refusedFeature } from './feature.ts';
import { keepClientsTools } from './hosted-tools.ts';
import type { JsonText } from './json-text.ts';
import { isObject, type JsonObject, listIn, memberOf, objectIn } from './json-value.ts';
import { chatFeatures, chatTools, isSearching, isSound, outputLimitName } from './openai-chat-features.ts';
import { asksForHour, chatAction, chatParts, contentOf } from './openai-chat-input.ts';
import { ChatUsage } from './openai-chat-usage.ts';
import { openaiAuthorization, openaiError, openaiKey, openaiRefusal } from './openai-words.ts';
import { askedOutput, limitFor } from './output-limit.ts';
import { mayRetry } from './own-words.ts';
import { failureOfAnswer } from './provider-failure.ts';
import { modelOf, readBody } from './read-body.ts';
import { headersToSend } from './sent-headers.ts';
import { UsageChunkFilter } from './usage-chunk-filter.ts';
import type { ReadCall, Refusal, Wire, WireRequest } from './wire.ts';

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

const limitNames = ['max_tokens', 'max_completion_tokens'] as const;

function read(request: WireRequest): ReadCall | { refusal: Refusal } {
  const text = readBody(request);
  if ('refusal' in text) return text;
  const { value: body } = text;
  const model = modelOf(memberOf(body, 'model'));
  if (model === null) return badRequest('names no `model`');
  if (!Array.isArray(memberOf(body, 'messages'))) return badRequest('has no list of `messages`');
  const asked = smallestAsked(body);
  if ('problem' in asked) return badRequest(asked.problem);
  const bounded = bound(text, model);
  if ('refusal' in bounded) return bounded;
  const isStream = memberOf(body, 'stream') === true;
  const wantsUsage = memberOf(objectIn(body, 'stream_options'), 'include_usage') === true;
  const { edits } = bounded;
  if (isStream && !wantsUsage) edits.set('stream_options', withUsage(memberOf(body, 'stream_options')));
  return {
    model,
    isStream,
    isFree: false,
    parts: chatParts(body),
    // Some write to a cache by themselves and charge for it; where it is free, its price is that of any input.
    cachePremium: 'write',
    outputTokensMax: asked.tokens,
    actionHash: chatAction(body),
    headers: headersToSend(request.headers),
    render: (limit) => text.edited(withLimit(body, model, edits, limitFor(asked.tokens, limit))),
    filter: isStream && !wantsUsage ? () => new UsageChunkFilter() : null,
  };
}

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
  { value: body }: JsonText,
  model: string,
): { edits: Map<string, unknown> } | { refusal: Refusal } {
  const bounded = boundFeatures(chatFeatures, body);
  if ('refusal' in bounded) return bounded;
  if (isSearching(model)) {
    return { refusal: refusedFeature(`the model ${model}`, 'its searches are paid for apart from tokens') };
  }
  if (asksForHour(body)) {
    return {
      refusal: refusedFeature('a cache of one hour', 'an answer of this protocol does not say its cost'),
    };
  }
  if (listIn(body, 'messages').flatMap(contentOf).some(isSound)) {
    return { refusal: refusedFeature('sound', 'it has a tariff of its own') };
  }
  const tools = keepClientsTools(listIn(body, 'tools'), memberOf(body, 'tool_choice'), chatTools);
  if (tools.refusal) return tools;
  if (tools.kept) bounded.edits.set('tools', tools.kept);
  return bounded;
}

function withUsage(options: unknown): JsonObject {
  return { ...(isObject(options) ? options : {}), include_usage: true };
}

/** Both names where the request has both: which of them counts is the provider's affair. */
function withLimit(
  body: JsonObject,
  model: string,
  edits: ReadonlyMap<string, unknown>,
  limit: number,
): Map<string, unknown> {
  const given = limitNames.filter((name) => typeof memberOf(body, name) === 'number');
  const names = given.length > 0 ? given : [outputLimitName(model)];
  const members = new Map(edits);
  for (const name of names) {
    if (memberOf(body, name) !== limit) members.set(name, limit);
  }
  return members;
}
