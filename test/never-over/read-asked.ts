// Reads a request as a provider does: what the model will read, how long it may answer, what is kept of it.
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { AskedRequest } from './generation.ts';
import { conversationHeader, tagHeader } from './messages.ts';
import { wireOfPath } from './provider-words.ts';

interface Body {
  model: string;
  stream?: boolean;
  system?: unknown;
  instructions?: unknown;
  messages?: unknown[];
  input?: unknown[];
  max_tokens?: number;
  max_completion_tokens?: number;
  max_output_tokens?: number;
}

export interface ReadRequest extends AskedRequest {
  wire: Exclude<AskedRequest['wire'], 'gemini'>;
  model: string;
  isStream: boolean;
}

/** Null: it is none of the proof's. */
export async function readAsked(request: IncomingMessage): Promise<ReadRequest | null> {
  const wire = wireOfPath[request.url?.split('?')[0] ?? ''];
  const { [tagHeader]: tag, [conversationHeader]: conversation } = request.headers;
  if (!wire || typeof tag !== 'string' || typeof conversation !== 'string') return null;
  const sent = await text(request);
  const body = JSON.parse(sent) as Body;
  const messages = body.messages ?? body.input ?? [];
  const read = JSON.stringify([body.system ?? body.instructions ?? '', messages]);
  return {
    ...{ tag, conversation, wire, model: body.model, isStream: body.stream === true },
    inputBytes: Buffer.byteLength(read),
    messages: messages.length,
    outputTokensMax: body.max_output_tokens ?? body.max_completion_tokens ?? body.max_tokens ?? null,
    cache: sent.includes('"ttl":"1h"') ? 'write_1h' : sent.includes('"cache_control"') ? 'write' : 'none',
  };
}
