// Google's Gemini, including token counting.

import type { CallFailureKind } from '../../../domain/agents/model-call.ts';
import { foldWith } from '../answers/answer-reader.ts';
import { ownHeaders, ownMessage } from '../answers/own-words.ts';
import { failureOfAnswer } from '../answers/provider-failure.ts';
import { refusedHour } from '../anthropic/cache-marks.ts';
import { refusedElsewhere, refusedSchemas } from '../elsewhere.ts';
import { badRequest, boundFeatures, refusedMember } from '../feature.ts';
import { refusedTool } from '../hosted-tools.ts';
import type { JsonText } from '../json-text.ts';
import { isObject, type JsonObject, memberOf } from '../json-value.ts';
import { askedOutput, limitFor } from '../output-limit.ts';
import { modelOf, readBody } from '../read-body.ts';
import { refusedWithin } from '../refused-within.ts';
import { bearerOf, headerOf, headersToSend } from '../sent-headers.ts';
import type { ReadCall, Refusal, Wire, WireRequest } from '../wire.ts';
import { clientsTools, geminiFeatures, geminiSettings, geminiTools } from './gemini-features.ts';
import { contentsOf, geminiAction, geminiContent, geminiInput, toolsOf } from './gemini-input.ts';
import { doubledName, eitherIn, spellingIn } from './gemini-request.ts';
import { geminiCounted, geminiRequest, isOfTextsTariff } from './gemini-shape.ts';
import { geminiThinking } from './gemini-thinking.ts';
import { GeminiUsage } from './gemini-usage.ts';

const pathShape =
  /^\/v1(?:alpha|beta)?\/models\/([A-Za-z0-9._-]+):(generateContent|streamGenerateContent|countTokens)$/;

const statusWords: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  402: 'FAILED_PRECONDITION',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

export const gemini: Wire = {
  name: 'gemini',
  matches: (method, path) => method === 'POST' && pathShape.test(path),
  keyOf: ({ headers, search }) =>
    headerOf(headers, 'x-goog-api-key') ?? new URLSearchParams(search).get('key') ?? bearerOf(headers),
  read,
  authorization: (apiKey) => ({ 'x-goog-api-key': apiKey }),
  fold: () => foldWith(new GeminiUsage()),
  failureOf: (status, _headers, body) => failureOfAnswer(status, body),
  refuse: ({ status, failure, message, retryAfterMs }) => ({
    status,
    headers: ownHeaders(failure, retryAfterMs),
    body: JSON.stringify(errorBody(status, failure, message)),
  }),
  breakOff: (failure, message) => `\n\ndata: ${JSON.stringify(errorBody(400, failure, message))}\n\n`,
};

function errorBody(status: number, failure: CallFailureKind, message: string) {
  const word = statusWords[status] ?? (status >= 500 ? 'INTERNAL' : 'INVALID_ARGUMENT');
  return { error: { code: status, message: ownMessage(failure, message), status: word } };
}

function read(request: WireRequest): ReadCall | { refusal: Refusal } {
  const [, name, method] = pathShape.exec(request.path) ?? [];
  const model = modelOf(name);
  if (model === null) return badRequest('has no model in its path');
  const query = strangeQuery(request.search);
  if (query !== null) return badRequest(`has \`${query}\` in its query, which the gateway does not pass on`);
  const text = readBody(request);
  if ('refusal' in text) return text;
  const { value: body } = text;
  const doubled = doubledName(body);
  if (doubled !== null) return badRequest(`spells \`${doubled}\` in two ways`);
  const isFree = method === 'countTokens';
  if (!isFree && contentsOf(body).length === 0) return badRequest('has no `contents`');
  const asked = askedOf(body);
  if ('problem' in asked) return badRequest(asked.problem);
  const elsewhere = refusedOf(request, body) ?? refusedOf(request, eitherIn(body, 'generateContentRequest'));
  if (elsewhere !== null) return { refusal: elsewhere };
  const bounded = isFree ? counted(body, request) : bound(text, request);
  if ('refusal' in bounded) return bounded;
  const thinking = isFree
    ? { tokens: 0 }
    : geminiThinking(eitherIn(body, 'generationConfig'), asked.tokens, {
        model,
        isBeside: request.isThinkingBeside === true,
        isOwnHost: request.isOwnHost === true,
      });
  if ('refusal' in thinking) return thinking;
  if (thinking.settings) bounded.edits.set(spellingIn(body, 'generationConfig'), thinking.settings);
  return {
    model,
    isStream: method === 'streamGenerateContent',
    isFree,
    ...geminiInput(model, text, text.bytesWith(bounded.edits)),
    cachePremium: 'none',
    outputTokensMax: asked.tokens,
    thinkingTokensMax: thinking.tokens,
    actionHash: geminiAction(body),
    headers: headersToSend(request.headers, { names: ['x-goog-api-client'] }),
    render: (limit) =>
      isFree ? request.body : text.edited(withLimit(body, bounded.edits, limitFor(asked.tokens, limit))),
    filter: null,
  };
}

/** `fields` would remove the usage from the answer. */
function strangeQuery(search: string): string | null {
  const names = [...new URLSearchParams(search)];
  const strange = names.find(
    ([name, value]) => name !== 'key' && !(name === 'alt' && /^(?:sse|json)$/.test(value)),
  );
  return strange?.[0] ?? null;
}

function refusedOf(request: WireRequest, given: unknown): Refusal | null {
  if (!isObject(given)) return null;
  const schemas = { tools: memberOf(given, 'tools'), generationConfig: eitherIn(given, 'generationConfig') };
  return (
    refusedElsewhere(request, geminiContent(given), { cachedContent: eitherIn(given, 'cachedContent') }) ??
    refusedSchemas(request, schemas)
  );
}

function askedOf(body: JsonObject): ReturnType<typeof askedOutput> {
  const settings = eitherIn(body, 'generationConfig');
  return askedOutput(settings, spellingIn(settings, 'maxOutputTokens'));
}

function counted(
  body: JsonObject,
  request: WireRequest,
): { edits: Map<string, unknown> } | { refusal: Refusal } {
  const refusal = refusedMember(body, geminiCounted, request);
  return refusal === null ? { edits: new Map() } : { refusal };
}

function bound(text: JsonText, request: WireRequest): { edits: Map<string, unknown> } | { refusal: Refusal } {
  const { value: body } = text;
  const bounded = boundFeatures(geminiFeatures, body);
  if ('refusal' in bounded) return bounded;
  const settings = eitherIn(body, 'generationConfig');
  const set = boundFeatures(geminiSettings, isObject(settings) ? settings : {});
  if ('refusal' in set) return set;
  const hour = refusedHour(body);
  if (hour !== null) return { refusal: hour };
  const within = refusedWithin([contentsOf(body), eitherIn(body, 'systemInstruction')], {
    tools: geminiTools,
    isOfTextsTariff,
  });
  if (within !== null) return { refusal: within };
  const { kept, first } = clientsTools(toolsOf(body));
  if (first !== null && kept.length === 0) return { refusal: refusedTool(first) };
  if (first !== null) bounded.edits.set('tools', kept);
  const refusal = refusedMember(text.valueWith(bounded.edits), geminiRequest, request);
  return refusal === null ? bounded : { refusal };
}

function withLimit(
  body: JsonObject,
  edits: ReadonlyMap<string, unknown>,
  limit: number,
): ReadonlyMap<string, unknown> {
  const place = spellingIn(body, 'generationConfig');
  const given = edits.get(place) ?? memberOf(body, place);
  const settings = isObject(given) ? given : {};
  const name = spellingIn(settings, 'maxOutputTokens');
  if (memberOf(settings, name) === limit) return edits;
  return new Map([...edits, [place, { ...settings, [name]: limit }]]);
}
