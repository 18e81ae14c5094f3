// The scripted provider behind a relay that fails on demand, and that writes its own bill: what was answered is owed,
// whether or not Moose has seen the answer.
import { once } from 'node:events';
import { createServer, type IncomingMessage, request as post, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Script } from '../src/demo/scripted-answer.ts';
import { startScriptedProvider } from '../src/demo/scripted-provider.ts';
import { costOf } from '../src/domain/price.ts';
import { findKnownPrice } from '../src/models/prices.ts';

export type ProviderFault =
  | { how: 'answer'; status: number; headers?: Readonly<Record<string, string>>; body: string }
  /** No answer. */
  | { how: 'hang' }
  /** The connection is reset before an answer. */
  | { how: 'reset' }
  /** The answer is paid for, and its second half does not arrive. */
  | { how: 'cut' };

export interface ChaosProvider {
  /** The address with the version, for `MOOSE_SCRIPTED_BASE_URL`. */
  baseUrl: string;
  /** From now on every call fails like this; null ends that. */
  fail(fault: ProviderFault | null): void;
  /** How many calls have failed. */
  failed(): number;
  /** What all answers cost so far. */
  billedNanoUsd(): bigint;
  stop(): Promise<void>;
}

export async function startChaosProvider(script: Script): Promise<ChaosProvider> {
  const scripted = await startScriptedProvider({ script });
  const target = new URL(scripted.baseUrl);
  const findPrice = findKnownPrice();
  const hanging = new Set<ServerResponse>();
  let fault: ProviderFault | null = null;
  let billed = 0n;
  let failed = 0;
  const server = createServer(async (incoming, response) => {
    const body = await bodyOf(incoming);
    if (body === null) return;
    response.on('error', () => response.destroy());
    if (fault !== null) failed += 1;
    if (fault?.how === 'hang') return void hanging.add(response);
    if (fault?.how === 'reset') return void response.socket?.resetAndDestroy();
    if (fault?.how === 'answer') {
      response.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers });
      return void response.end(fault.body);
    }
    const answer = await forward(incoming, body, target);
    if (answer === null) return void response.destroy();
    billed += costOfAnswer(body, answer.body, findPrice);
    response.writeHead(answer.status, { ...answer.headers, 'content-length': answer.body.length });
    if (fault === null) return void response.end(answer.body);
    response.write(answer.body.subarray(0, answer.body.length / 2), () => response.socket?.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}${target.pathname}`,
    fail(next) {
      fault = next;
      if (next !== null) return;
      for (const response of hanging) response.destroy();
      hanging.clear();
    },
    failed: () => failed,
    billedNanoUsd: () => billed,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      await scripted.stop();
    },
  };
}

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** Null if the scripted provider broke the connection, as a script may ask it to. */
function forward(incoming: IncomingMessage, body: Buffer, target: URL): Promise<Answer | null> {
  const { hostname, port, host } = target;
  const { method, url, headers } = incoming;
  return new Promise((resolve) => {
    const upstream = post({ hostname, port, method, path: url, headers: { ...headers, host } }, (reply) => {
      const type = reply.headers['content-type'] ?? 'application/json';
      void bodyOf(reply).then((text) =>
        resolve(text && { status: reply.statusCode ?? 502, headers: { 'content-type': type }, body: text }),
      );
    });
    upstream.on('error', () => resolve(null));
    upstream.end(body);
  });
}

/** Null if the other side disconnected before the end. */
async function bodyOf(message: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch (cause) {
    if (message.complete) throw cause;
    return null;
  }
  return Buffer.concat(chunks);
}

/** By the tokens that the answer names, in any of the protocols. */
function costOfAnswer(asked: Buffer, answered: Buffer, findPrice: ReturnType<typeof findKnownPrice>): bigint {
  const model = /"model"\s*:\s*"([^"]+)"/.exec(asked.toString('utf8'))?.[1] ?? '';
  const price = findPrice(`scripted/${model}`);
  const text = answered.toString('utf8');
  const tokens = (names: string) =>
    Math.max(
      0,
      ...[...text.matchAll(new RegExp(`"(?:${names})"\\s*:\\s*(\\d+)`, 'g'))].map(([, n]) => Number(n)),
    );
  const [inputTokens, outputTokens] = [
    tokens('prompt_tokens|input_tokens'),
    tokens('completion_tokens|output_tokens'),
  ];
  if (price === null) return 0n;
  const cached = { cacheReadTokens: 0, cacheWriteTokens: 0, cacheWrite1hTokens: 0 };
  return costOf(price, { inputTokens, outputTokens, ...cached });
}
