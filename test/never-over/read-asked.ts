// Reads a request as a provider does: what the model reads, how long it may answer, and what is cached. It is as
// lenient and as expensive as any server: one object counts as a list, the first of two equal members counts, a limit
// of 0 means no limit, and text counts in its longest form.
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { AskedRequest } from './generation.ts';
import { conversationHeader, tagHeader } from './messages.ts';
import { models, prices } from './prices.ts';
import { wireOfPath } from './provider-words.ts';

interface Body {
  model: string;
  stream?: boolean;
  system?: unknown;
  instructions?: unknown;
  messages?: unknown[];
  input?: unknown[];
  tools?: unknown;
  chat_template?: string;
  service_tier?: string;
  max_tokens?: number;
  max_output_tokens?: number;
  MAX_TOKENS?: number;
}

const defaultTiers: readonly (string | undefined)[] = [undefined, 'default', 'standard_only'];
const pictures = /"type":"(?:image|image_url|input_image)"/;

export interface ReadRequest extends AskedRequest {
  wire: Exclude<AskedRequest['wire'], 'gemini'>;
  model: string;
  isStream: boolean;
  isDearer: boolean;
}

/** Null if the request is not one of this test. */
export async function readAsked(request: IncomingMessage): Promise<ReadRequest | null> {
  const wire = wireOfPath[request.url?.split('?')[0] ?? ''];
  const { [tagHeader]: tag, [conversationHeader]: conversation } = request.headers;
  if (!wire || typeof tag !== 'string' || typeof conversation !== 'string') return null;
  const sent = await text(request);
  const body = JSON.parse(sent) as Body;
  const messages = body.messages ?? body.input ?? [];
  const { tools, chat_template, service_tier } = body;
  const read = JSON.stringify([body.system ?? body.instructions ?? '', messages, tools, chat_template]);
  const { headers } = request;
  const isFast = headers['anthropic-beta']?.includes('fast-mode') === true;
  const model = models.find((name) => name === body.model);
  return {
    tag,
    conversation,
    wire,
    model: body.model,
    isStream: body.stream === true,
    isDearer:
      !defaultTiers.includes(service_tier) || isFast || 'x-vertex-ai-llm-shared-request-type' in headers,
    inputBytes: Math.max(Buffer.byteLength(read), Buffer.byteLength(read.normalize('NFKC'))),
    hasPicture: pictures.test(sent),
    contextTokens: (model && prices[model].contextTokens) ?? Number.POSITIVE_INFINITY,
    messages: messages.length,
    outputTokensMax: limitIn(body, wire),
    cache: sent.includes('"ttl":"1h"') ? 'write_1h' : sent.includes('"cache_control"') ? 'write' : 'none',
  };
}

/** Ignores newer names of the limit, like an old server. */
function limitIn(body: Body, wire: ReadRequest['wire']): number | null {
  const limit =
    body.MAX_TOKENS ?? (wire === 'openai-responses' ? body.max_output_tokens : body.max_tokens) ?? null;
  return limit === 0 && wire !== 'anthropic-messages' ? null : limit;
}
