// A provider that answers immediately, in two protocols, as a separate process, so that mostly the proxy is measured.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ProviderMessage {
  port: number;
}

/** The number of pieces of a streamed answer, each written separately. */
const pieces = 20;
const word = 'measured ';
const usage = { input: 9_000, output: 120 };

const chatUsage = {
  prompt_tokens: usage.input,
  completion_tokens: usage.output,
  total_tokens: usage.input + usage.output,
};
const chatHead = { id: 'chatcmpl-1', created: 1_700_000_000, model: 'light' };

const chatWhole = JSON.stringify({
  ...chatHead,
  object: 'chat.completion',
  choices: [
    { index: 0, message: { role: 'assistant', content: word.repeat(pieces) }, finish_reason: 'stop' },
  ],
  usage: chatUsage,
});

const chatStream = [
  ...Array.from({ length: pieces }, () => chatPiece({ content: word }, null)),
  chatPiece({}, 'stop'),
  data({ ...chatHead, object: 'chat.completion.chunk', choices: [], usage: chatUsage }),
  'data: [DONE]\n\n',
];

const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'light' };

const messageWhole = JSON.stringify({
  ...message,
  content: [{ type: 'text', text: word.repeat(pieces) }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: usage.input, output_tokens: usage.output },
});

const messageStream = [
  event('message_start', {
    message: {
      ...message,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: usage.input, output_tokens: 1 },
    },
  }),
  event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
  ...Array.from({ length: pieces }, () =>
    event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: word } }),
  ),
  event('content_block_stop', { index: 0 }),
  event('message_delta', {
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: usage.output },
  }),
  event('message_stop', {}),
];

const server = createServer({ keepAliveTimeout: 75_000 }, (request, answer) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.once('end', () => {
    const isChat = request.url?.endsWith('/chat/completions') ?? false;
    const isStream = /"stream"\s*:\s*true/.test(Buffer.concat(chunks).toString('latin1'));
    if (isStream) stream(answer, isChat ? chatStream : messageStream);
    else whole(answer, isChat ? chatWhole : messageWhole);
  });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send?.({ port } satisfies ProviderMessage);
});
process.once('disconnect', () => process.exit(0));

function whole(answer: ServerResponse, body: string): void {
  answer.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  answer.end(body);
}

function stream(answer: ServerResponse, parts: readonly string[]): void {
  answer.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  const write = (index: number) => {
    const part = parts[index];
    if (part === undefined || answer.destroyed) {
      answer.end();
      return;
    }
    answer.write(part);
    setImmediate(write, index + 1);
  };
  write(0);
}

function chatPiece(delta: object, finish: string | null): string {
  return data({
    ...chatHead,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
}

function data(value: object): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

function event(type: string, value: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...value })}\n\n`;
}
