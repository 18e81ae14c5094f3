// The scripted provider behind a relay that fails on demand. The relay keeps its own bill: every answer is owed,
// whether or not Moose received it.
import { once } from 'node:events';
import { createServer, type IncomingMessage, request as post, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Script } from '../src/demo/scripted-answer.ts';
import { startScriptedProvider } from '../src/demo/scripted-provider.ts';
import { costOf } from '../src/domain/agents/price.ts';
import { findKnownPrice } from '../src/models/prices.ts';

export type ProviderFault =
  | { how: 'answer'; status: number; headers?: Readonly<Record<string, string>>; body: string }
  /** No answer. */
  | { how: 'hang' }
  /** The connection is reset before an answer. */
  | { how: 'reset' }
  /** The answer is billed, but its second half is not sent. */
  | { how: 'cut' };

export interface ActiveFault {
  /** The number of calls that this fault has hit. */
  hits(): number;
  end(): void;
}

interface Active {
  fault: ProviderFault;
  hits: number;
  hanging: Set<ServerResponse>;
}

export interface ChaosProvider {
  /** The address with the version, for `MOOSE_SCRIPTED_BASE_URL`. */
  baseUrl: string;
  /** Makes every call fail like this until the fault ends. The newest active fault applies. */
  fail(fault: ProviderFault): ActiveFault;
  /** The number of calls that were answered normally. */
  answered(): number;
  /** The cost of all answers so far. */
  billedNanoUsd(): bigint;
  stop(): Promise<void>;
}

export async function startChaosProvider(script: Script): Promise<ChaosProvider> {
  const scripted = await startScriptedProvider({ script });
  const target = new URL(scripted.baseUrl);
  const findPrice = findKnownPrice();
  const active: Active[] = [];
  let billed = 0n;
  let answered = 0;
  const server = createServer(async (incoming, response) => {
    const body = await bodyOf(incoming);
    if (body === null) return;
    response.on('error', () => response.destroy());
    const current = active.at(-1);
    const fault = current?.fault ?? null;
    if (current) current.hits += 1;
    if (fault?.how === 'hang') return void current?.hanging.add(response);
    if (fault?.how === 'reset') return void response.socket?.resetAndDestroy();
    if (fault?.how === 'answer') {
      response.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers });
      return void response.end(fault.body);
    }
    const answer = await forward(incoming, body, target);
    if (answer === null) return void response.destroy();
    billed += costOfAnswer(body, answer.body, findPrice);
    response.writeHead(answer.status, { ...answer.headers, 'content-length': answer.body.length });
    if (fault === null) {
      answered += 1;
      return void response.end(answer.body);
    }
    response.write(answer.body.subarray(0, answer.body.length / 2), () => response.socket?.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}${target.pathname}`,
    fail(fault) {
      const own: Active = { fault, hits: 0, hanging: new Set() };
      active.push(own);
      return {
        hits: () => own.hits,
        end() {
          const at = active.indexOf(own);
          if (at >= 0) active.splice(at, 1);
          for (const response of own.hanging) response.destroy();
          own.hanging.clear();
        },
      };
    },
    answered: () => answered,
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

/** Null if the scripted provider broke the connection, which a script may request. */
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

/** Null if the client disconnected before the end. */
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

/** Computed from the tokens that the answer reports, in any of the protocols. */
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
