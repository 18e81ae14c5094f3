// The measured cases: what is called, with which protocol, and by how many clients; the same for all contenders.
import type { Load } from './clients.ts';

export type Protocol = 'chat' | 'messages';

export interface Case extends Load {
  protocol: Protocol;
  isStream: boolean;
  /**
   * Turns in one round, which together are one measurement: short ones, so that all contenders run under the same load.
   */
  turns: number;
}

export const manyClients = 32;
/** About as much as an agent sends at the start of its work: instructions, tools, messages. */
const said = 23;
const turnText = 'The test of the invoice fails since the sum is rounded before the tax is added. '.repeat(
  16,
);
/** Resembles a slow round of 32 agents: between two calls, each uses its tools. */
const pauseMs = 400;

export const pathOf: Record<Protocol, string> = { chat: '/v1/chat/completions', messages: '/v1/messages' };

export type CaseName =
  | 'chat_1_client'
  | 'chat_stream_1_client'
  | 'messages_stream_1_client'
  | 'chat_32_clients'
  | 'chat_stream_32_clients'
  | 'chat_stream_32_clients_that_pause';

export function casesOf(isQuick: boolean): Record<CaseName, Case> {
  const one = { clients: 1, pauseMs: 0, leadMs: 100, spanMs: 300, turns: isQuick ? 1 : 6 };
  const many = { ...one, clients: manyClients, leadMs: 400, spanMs: 1_000, turns: isQuick ? 1 : 2 };
  return {
    chat_1_client: { ...one, ...asking('chat', false) },
    chat_stream_1_client: { ...one, ...asking('chat', true) },
    messages_stream_1_client: { ...one, ...asking('messages', true) },
    chat_32_clients: { ...many, ...asking('chat', false) },
    chat_stream_32_clients: { ...many, ...asking('chat', true) },
    chat_stream_32_clients_that_pause: {
      ...many,
      ...asking('chat', true),
      pauseMs,
      leadMs: pauseMs,
      spanMs: 3 * pauseMs,
      turns: 1,
    },
  };
}

/** The places of a call's number: the brake would stop a key that sends the same again and again, or answers the same. */
const numberPlace = '000000000';
const numberPlaces = 2;

/** The request with another number in it, as long as before. */
export function numbered(body: Buffer, number: number): Buffer {
  const own = Buffer.from(body);
  const digits = String(number).padStart(numberPlace.length, '0');
  for (let place = 0, end = own.length; place < numberPlaces; place++) {
    end = body.lastIndexOf(numberPlace, end - 1);
    own.write(digits, end);
  }
  return own;
}

/** What a complete answer contains: a stream its last event, other answers their usage. */
const markers = { chat: '[DONE]', messages: 'message_stop' };

function asking(protocol: Protocol, isStream: boolean) {
  const messages = Array.from({ length: said }, (_, n) => ({
    role: n % 2 === 0 ? 'user' : 'assistant',
    content: turnText,
  }));
  messages.push({ role: 'assistant', content: `I read file ${numberPlace}.` });
  messages.push({ role: 'user', content: `Go on. ${numberPlace}` });
  const usage = isStream && protocol === 'chat' ? { stream_options: { include_usage: true } } : {};
  const request = { model: modelOf(protocol), max_tokens: 4_096, stream: isStream, ...usage, messages };
  const body = Buffer.from(JSON.stringify(request));
  return { protocol, isStream, body, marker: isStream ? markers[protocol] : 'usage' };
}

/** A proxy chooses the protocol by the model's name. */
export function modelOf(protocol: Protocol): string {
  return protocol === 'chat' ? 'light' : 'standard';
}
