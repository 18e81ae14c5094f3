// A provider of four protocols that counts what it bills, for each run, and often breaks: it cuts streams, answers with errors,
// and hesitates. It bills an answer that it cut for what it had produced, as providers do.
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sleep } from '../../src/stdx/async/sleep.ts';
import type { Random } from '../../src/stdx/random.ts';

/** Nano-dollars for a token of scripted/light. */
const nanoUsd = { input: 1_000n, output: 5_000n };
/** Tokens for a byte of the request. */
const inputShare = 0.25;
const hesitateMsMax = 300;
const cutShare = 0.06;
const errorShare = 0.05;
const words = 'storm ';

export interface StormProvider {
  url: string;
  /** What was billed, in nano-dollars, by the run that is named in the request. */
  billed: Map<string, bigint>;
  calls: { answered: number; cut: number; refused: number };
  close(): Promise<void>;
}

interface Tokens {
  input: number;
  output: number;
}

export async function startProvider(random: Random): Promise<StormProvider> {
  const billed: StormProvider['billed'] = new Map();
  const calls = { answered: 0, cut: 0, refused: 0 };
  const server = createServer((request, answer) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => undefined);
    answer.on('error', () => undefined);
    request.once('end', () => void respond(request.url ?? '', Buffer.concat(chunks).toString(), answer));
  });

  async function respond(url: string, body: string, answer: ServerResponse): Promise<void> {
    const run = /run:([0-9a-f-]{36})/.exec(body)?.[1] ?? 'nobody';
    await sleep(random() * random() * hesitateMsMax);
    if (random() < errorShare) {
      calls.refused += 1;
      answer.writeHead(random() < 0.5 ? 429 : 500, { 'content-type': 'application/json' });
      answer.end(JSON.stringify({ type: 'error', error: { type: 'api_error', message: 'busy' } }));
      return;
    }
    const outputMax = outputLimitOf(body);
    const all: Tokens = {
      input: Math.ceil(Buffer.byteLength(body) * inputShare),
      output: 1 + Math.floor(random() * outputMax),
    };
    const isStream = url.includes('streamGenerate') || /"stream":\s*true/.test(body);
    const parts = isStream ? streamOf(url, all) : [wholeOf(url, all)];
    const isCut = isStream && random() < cutShare;
    const sent = isCut ? 1 + Math.floor(random() * (parts.length - 1)) : parts.length;
    const produced = isCut ? Math.ceil((all.output * sent) / parts.length) : all.output;
    const costs = BigInt(all.input) * nanoUsd.input + BigInt(produced) * nanoUsd.output;
    billed.set(run, (billed.get(run) ?? 0n) + costs);
    calls[isCut ? 'cut' : 'answered'] += 1;
    answer.writeHead(200, { 'content-type': isStream ? 'text/event-stream' : 'application/json' });
    for (const part of parts.slice(0, sent)) {
      if (answer.destroyed) return;
      answer.write(part);
      if (isStream) await sleep(random() * 4);
    }
    if (isCut) answer.destroy();
    else answer.end();
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    billed,
    calls,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** The gateway always writes one. */
function outputLimitOf(body: string): number {
  const limit = /"(?:max_tokens|max_completion_tokens|max_output_tokens|maxOutputTokens)":\s*(\d+)/.exec(
    body,
  )?.[1];
  return Math.max(1, Number(limit ?? 1));
}

const data = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const event = (type: string, value: object) => `event: ${type}\n${data({ type, ...value })}`;

function wholeOf(url: string, { input, output }: Tokens): string {
  if (url.includes('/chat/completions'))
    return JSON.stringify({
      id: 'c-1',
      object: 'chat.completion',
      model: 'light',
      choices: [{ index: 0, message: { role: 'assistant', content: words }, finish_reason: 'stop' }],
      usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output },
    });
  if (url.includes('/responses')) return JSON.stringify(responseOf({ input, output }));
  if (url.includes('generateContent')) return JSON.stringify(geminiEnd({ input, output }));
  return JSON.stringify({
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'light',
    content: [{ type: 'text', text: words }],
    stop_reason: 'end_turn',
    usage: { input_tokens: input, output_tokens: output },
  });
}

function streamOf(url: string, tokens: Tokens): string[] {
  const pieces = 12;
  const each = (piece: string) => Array.from({ length: pieces }, () => piece);
  if (url.includes('/chat/completions')) {
    const chunk = (more: object) =>
      data({ id: 'c-1', object: 'chat.completion.chunk', model: 'light', ...more });
    const { input, output } = tokens;
    return [
      ...each(chunk({ choices: [{ index: 0, delta: { content: words }, finish_reason: null }] })),
      chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
      chunk({
        choices: [],
        usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output },
      }),
      'data: [DONE]\n\n',
    ];
  }
  if (url.includes('/responses'))
    return [
      event('response.created', { response: { id: 'r-1', status: 'in_progress' } }),
      ...each(event('response.output_text.delta', { delta: words })),
      event('response.completed', { response: responseOf(tokens) }),
    ];
  if (url.includes('GenerateContent'))
    return [
      ...each(data({ candidates: [{ content: { parts: [{ text: words }] } }] })),
      data(geminiEnd(tokens)),
    ];
  return [
    event('message_start', {
      message: {
        id: 'msg_1',
        type: 'message',
        model: 'light',
        usage: { input_tokens: tokens.input, output_tokens: 1 },
      },
    }),
    ...each(event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: words } })),
    event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: tokens.output } }),
    event('message_stop', {}),
  ];
}

function responseOf({ input, output }: Tokens): object {
  return {
    id: 'r-1',
    status: 'completed',
    model: 'light',
    output: [],
    usage: { input_tokens: input, output_tokens: output, total_tokens: input + output },
  };
}

function geminiEnd({ input, output }: Tokens): object {
  return {
    candidates: [{ content: { parts: [{ text: words }] }, finishReason: 'STOP' }],
    usageMetadata: { promptTokenCount: input, candidatesTokenCount: output, totalTokenCount: input + output },
  };
}
