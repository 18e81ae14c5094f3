// A relay in front of a model provider that fails as providers do: over the network, with a provider's own messages.
import { once } from 'node:events';
import { createServer, type IncomingMessage, request as post, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readPromptMarks } from '../../src/domain/agents/prompt-marks.ts';
import type { FaultPlan } from './fault-plan.ts';

export interface FaultyModels {
  /** The address including the version, like the provider's own. */
  baseUrl: string;
  /** From now on every request fails: with status 503, or because nothing listens; null ends the outage. */
  goAway(how: 'unavailable' | 'unreachable' | null): Promise<void>;
  /** The number of requests that arrived during the outage. */
  readonly asked: number;
  stop(): Promise<void>;
}

type Failure =
  | { how: string; status: number; headers?: Record<string, string>; html?: true }
  | { how: 'reset' | 'cut body' };

const retryAfterMs = 200;

const failures: readonly [Failure, ...Failure[]] = [
  { how: 'rate limit', status: 429, headers: { 'retry-after-ms': String(retryAfterMs) } },
  { how: 'internal error', status: 500 },
  { how: 'unavailable', status: 503 },
  { how: 'overloaded', status: 529 },
  { how: 'page of a proxy', status: 502, html: true },
  { how: 'page in place of an answer', status: 200, html: true },
  { how: 'reset' },
  { how: 'cut body' },
];

export async function startFaultyModels(providerBaseUrl: string, plan: FaultPlan): Promise<FaultyModels> {
  const target = new URL(providerBaseUrl);
  let isAway = false;
  let asked = 0;
  const server = createServer(async (incoming, response) => {
    const body = await bodyOf(incoming);
    if (body === null) return;
    if (isAway) {
      asked += 1;
      response.writeHead(503, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { message: 'We are down for a while.' } }));
      return;
    }
    const failure = plan.next(failures);
    if (failure) fail(failure, readPromptMarks(promptOf(body)).workOrderId, plan, response);
    else forward(incoming, body, target, response);
  });
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const stop = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  const port = await listen(0);
  return {
    baseUrl: `http://127.0.0.1:${port}${target.pathname}`,
    async goAway(how) {
      isAway = how !== null;
      if (how === 'unreachable') await stop();
      else if (!server.listening) await listen(port);
    },
    get asked() {
      return asked;
    },
    stop,
  };
}

function fail(failure: Failure, workOrderId: string | null, plan: FaultPlan, response: ServerResponse): void {
  const id = plan.injecting({ how: failure.how, workOrderId });
  if ('status' in failure) {
    const { status, headers = {}, html, how } = failure;
    const type = html ? 'text/html' : 'application/json';
    response.writeHead(status, { 'content-type': type, 'x-request-id': id, ...headers });
    response.end(
      html
        ? `<!doctype html><title>${id}</title>`
        : JSON.stringify({ error: { message: `It fails for a while: ${how} (${id})` } }),
    );
    return;
  }
  // The fault has no text that could arrive, so its row in the error log is found by the work order.
  if (failure.how === 'reset') return void response.socket?.resetAndDestroy();
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': 10_000 });
  response.write('{"id":"', () => response.socket?.destroy());
}

function forward(incoming: IncomingMessage, body: Buffer, target: URL, response: ServerResponse): void {
  const { method, url, headers } = incoming;
  const { hostname, port } = target;
  const passedOn = { ...headers, host: target.host };
  const upstream = post({ hostname, port, method, path: url, headers: passedOn }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  upstream.on('error', () => response.destroy());
  response.on('close', () => upstream.destroy());
  upstream.end(body);
}

/** Null if the client disconnected before its request was complete. */
async function bodyOf(incoming: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch (cause) {
    if (!incoming.complete) return null;
    throw cause;
  }
  return Buffer.concat(chunks);
}

/** The prompt in the request of a chat completion. */
function promptOf(body: Buffer): string {
  const { messages } = JSON.parse(body.toString('utf8')) as {
    messages: Array<{ role: string; content: string | Array<{ text?: string }> }>;
  };
  const texts = messages.filter(({ role }) => role === 'user').map(({ content }) => content);
  return texts
    .map((content) =>
      typeof content === 'string' ? content : content.map(({ text }) => text ?? '').join(''),
    )
    .join('\n');
}
