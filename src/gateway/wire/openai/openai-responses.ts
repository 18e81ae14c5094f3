// OpenAI Responses, the only protocol that Codex speaks.
import { foldWith } from '../answers/answer-reader.ts';
import { mayRetry, ownMessage } from '../answers/own-words.ts';
import { failureOfAnswer } from '../answers/provider-failure.ts';
import { refusedHour } from '../anthropic/cache-marks.ts';
import { placed, refusedElsewhere, refusedSchemas } from '../elsewhere.ts';
import { badRequest, boundFeatures, refusedFeature, refusedMember } from '../feature.ts';
import { keepClientsTools } from '../hosted-tools.ts';
import type { JsonText } from '../json-text.ts';
import { type JsonObject, listIn, memberOf, textIn } from '../json-value.ts';
import { askedOutput, limitFor } from '../output-limit.ts';
import { modelOf, readBody } from '../read-body.ts';
import { refusedWithin } from '../refused-within.ts';
import { headersToSend } from '../sent-headers.ts';
import { thinkingOf } from '../thinking-budget.ts';
import type { ReadCall, Refusal, Wire, WireRequest } from '../wire.ts';
import { isSearching, refusedSearch } from './openai-chat-features.ts';
import { responsesFeatures, responsesTools, withoutHosted } from './openai-responses-features.ts';
import { itemsOf, responsesAction, responsesInput, storedIn } from './openai-responses-input.ts';
import { compatibleResponsesRequest, responsesItem, responsesRequest } from './openai-responses-shape.ts';
import { ResponsesUsage } from './openai-responses-usage.ts';
import { openaiAuthorization, openaiHeaders, openaiKey, openaiRefusal } from './openai-words.ts';

export const openaiResponses: Wire = {
  name: 'openai-responses',
  matches: (method, path) => method === 'POST' && path === '/v1/responses',
  keyOf: openaiKey,
  read,
  authorization: openaiAuthorization,
  fold: () => foldWith(new ResponsesUsage()),
  failureOf: (status, _headers, body) => failureOfAnswer(status, body),
  refuse: openaiRefusal,
  breakOff(failure, message) {
    // Codex retries after most error codes, but not after this one.
    const code = mayRetry(failure) ? 'server_error' : 'invalid_prompt';
    const error = { code, message: ownMessage(failure, message) };
    const response = {
      id: 'resp_moose',
      object: 'response',
      status: 'failed',
      error,
      output: [],
      usage: null,
    };
    const event = { type: 'response.failed', sequence_number: 0, response };
    return `\n\nevent: response.failed\ndata: ${JSON.stringify(event)}\n\n`;
  },
};

const limitName = 'max_output_tokens';

function read(request: WireRequest): ReadCall | { refusal: Refusal } {
  const text = readBody(request);
  if ('refusal' in text) return text;
  const { value: body } = text;
  const model = modelOf(memberOf(body, 'model'));
  if (model === null) return badRequest('has no `model`');
  const input = memberOf(body, 'input');
  if (typeof input !== 'string' && !Array.isArray(input)) return badRequest('has no `input`');
  const asked = askedOutput(body, limitName);
  if ('problem' in asked) return badRequest(asked.problem);
  const elsewhere =
    refusedElsewhere(request, placed('input', itemsOf(body), responsesItem), storedIn(body)) ??
    refusedSchemas(request, { tools: memberOf(body, 'tools'), text: memberOf(body, 'text') });
  if (elsewhere !== null) return { refusal: elsewhere };
  if (isSearching(model)) return { refusal: refusedSearch(model) };
  const bounded = bound(text, request);
  if ('refusal' in bounded) return bounded;
  const thinking = thinkingOf(body, request.isThinkingBeside === true);
  if ('refusal' in thinking) return thinking;
  for (const [name, value] of thinking.edits) bounded.edits.set(name, value);
  return {
    model,
    isStream: memberOf(body, 'stream') === true,
    isFree: false,
    ...responsesInput(text, text.bytesWith(bounded.edits)),
    // The newer models write to a cache by default and charge for it; where it is free, it has the price of any other
    // input.
    cachePremium: 'write',
    outputTokensMax: asked.tokens,
    thinkingTokensMax: thinking.tokens,
    actionHash: responsesAction(body),
    headers: headersToSend(request.headers, openaiHeaders),
    render: (limit) => text.edited(withLimit(body, bounded.edits, limitFor(asked.tokens, limit))),
    filter: null,
  };
}

function bound(text: JsonText, request: WireRequest): { edits: Map<string, unknown> } | { refusal: Refusal } {
  const { value: body } = text;
  const bounded = boundFeatures(responsesFeatures, body);
  if ('refusal' in bounded) return bounded;
  const { edits } = bounded;
  const tools = keepClientsTools(listIn(body, 'tools'), memberOf(body, 'tool_choice'), responsesTools);
  if (tools.refusal) return tools;
  if (tools.kept) edits.set('tools', tools.kept);
  const hour = refusedHour(body);
  if (hour !== null) return { refusal: hour };
  const within = refusedWithin([memberOf(body, 'input'), tools.kept ?? memberOf(body, 'tools')], {
    tools: responsesTools,
  });
  if (within !== null) return { refusal: within };
  if (itemsOf(body).some((item) => textIn(item, 'type') === 'compaction_trigger')) {
    return { refusal: refusedFeature('a compaction', 'it is a separately billed pass of the model') };
  }
  const include = listIn(body, 'include');
  const kept = withoutHosted(include);
  if (kept.length < include.length) edits.set('include', kept);
  if ((memberOf(body, 'service_tier') ?? null) === null) edits.set('service_tier', 'default');
  const refusal = refusedMember(
    text.valueWith(edits),
    request.isOwnHost === true ? responsesRequest : compatibleResponsesRequest,
    request,
  );
  return refusal === null ? bounded : { refusal };
}

function withLimit(
  body: JsonObject,
  edits: ReadonlyMap<string, unknown>,
  limit: number,
): ReadonlyMap<string, unknown> {
  return memberOf(body, limitName) === limit ? edits : new Map([...edits, [limitName, limit]]);
}
