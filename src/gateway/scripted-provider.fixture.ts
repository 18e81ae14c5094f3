// A test provider that speaks Anthropic's protocol and does what the test says.
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export type Behave = (request: ReceivedRequest, answer: ServerResponse) => unknown;

export interface ReceivedRequest {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
  raw: IncomingMessage;
}

export interface ScriptedProvider {
  url: string;
  received: ReceivedRequest[];
  /** How the provider handles requests from now on; a test may replace it. */
  behave: Behave;
  close(): Promise<void>;
}

export async function scriptedProvider(behave: Behave): Promise<ScriptedProvider> {
  const server = createServer((raw, answer) => {
    const chunks: Buffer[] = [];
    raw.on('data', (chunk: Buffer) => chunks.push(chunk));
    raw.on('error', () => undefined);
    raw.once('end', () => {
      const { method = '', url = '', headers } = raw;
      const received = { method, url, headers, body: Buffer.concat(chunks).toString('utf8'), raw };
      provider.received.push(received);
      provider.behave(received, answer);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const provider: ScriptedProvider = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: [],
    behave,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  onTestFinished(() => (server.listening ? provider.close() : undefined));
  return provider;
}

/** A request in Anthropic's protocol. */
export function message(given: Record<string, unknown> = {}): string {
  return JSON.stringify({
    model: 'm-1',
    max_tokens: 1_000,
    messages: [{ role: 'user', content: 'Mend it' }],
    ...given,
  });
}

export interface Used {
  input?: number;
  output?: number;
}

export function wholeMessage({ input = 100, output = 50 }: Used = {}): string {
  return JSON.stringify({
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    content: [{ type: 'text', text: 'Done: größer, 漢字, 🦌.' }],
    stop_reason: 'end_turn',
    usage: { input_tokens: input, output_tokens: output },
  });
}

export function messageStart({ input = 100 }: Used = {}): string {
  const usage = { input_tokens: input, output_tokens: 1 };
  return event('message_start', { type: 'message_start', message: { id: 'msg_1', type: 'message', usage } });
}

export function messageRest({ output = 50 }: Used = {}): string {
  const delta = { type: 'text_delta', text: 'Done: größer, 漢字, 🦌.' };
  return [
    event('content_block_delta', { type: 'content_block_delta', index: 0, delta }),
    event('message_delta', {
      type: 'message_delta',
      delta: { stop_reason: 'end_turn' },
      usage: { output_tokens: output },
    }),
    event('message_stop', { type: 'message_stop' }),
  ].join('');
}

function event(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

export const answersMessage =
  (used: Used = {}): Behave =>
  (_request, answer) => {
    answer.writeHead(200, { 'content-type': 'application/json' });
    answer.end(wholeMessage(used));
  };

export function beginsStream(answer: ServerResponse, used: Used = {}): void {
  answer.writeHead(200, { 'content-type': 'text/event-stream' });
  answer.write(messageStart(used));
}
