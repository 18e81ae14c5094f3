// The gateway's own answers, in the words of the client's protocol, and the heads of those that it passes on.
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallRefused } from './call-refused.ts';
import type { Wire } from './wire/wire.ts';

/** One request of a client, and its answer. */
export interface Exchange {
  request: IncomingMessage;
  answer: ServerResponse;
  /** By `performance.now()`. */
  startedMs: number;
  /** The client waits to be told that its body is wanted. */
  expectsContinue: boolean;
}

/** Of one connection, and so never passed on (RFC 9110, 7.6.1); the last ones would send a client elsewhere than here. */
const ofTheConnection = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization', 'te'],
  ...['trailer', 'transfer-encoding', 'upgrade'],
  ...['alt-svc', 'strict-transport-security', 'set-cookie'],
]);

/** Names and values in turn, as they came: rate limits and request ids among them. */
export function passedHeaders(answer: IncomingMessage, options: { isLengthKept: boolean }): string[] {
  const named = String(answer.headers.connection ?? '')
    .toLowerCase()
    .split(/\s*,\s*/);
  const passed: string[] = [];
  for (let index = 0; index + 1 < answer.rawHeaders.length; index += 2) {
    const [name = '', value = ''] = answer.rawHeaders.slice(index, index + 2);
    const known = name.toLowerCase();
    if (ofTheConnection.has(known) || named.includes(known) || known.startsWith('x-moose-')) continue;
    if (known === 'content-length' && !options.isLengthKept) continue;
    passed.push(name, value);
  }
  return passed;
}

export function refuseWith(
  wire: Wire | null,
  refused: CallRefused,
): { status: number; headers: Record<string, string>; body: string } {
  const { status, failure, message, retryAfterMs } = refused;
  const own = wire?.refuse({ status, failure, message, retryAfterMs }) ?? {
    status,
    headers: {},
    body: JSON.stringify({ error: { type: failure, message: `moose: ${failure}: ${message}` } }),
  };
  return {
    status: own.status,
    headers: { 'content-type': 'application/json', ...own.headers, 'x-moose-refused': failure },
    body: own.body,
  };
}

/** Answers, and lets a client that is still sending a little come to its end, so that it reads the answer and no reset. */
export async function answerEarly(
  { request, answer }: Exchange,
  { status, headers, body }: { status: number; headers: Readonly<Record<string, string>>; body: string },
  lingerMs: number,
): Promise<void> {
  if (answer.headersSent || answer.destroyed) return;
  const bytes = Buffer.from(body);
  const isRead = request.complete;
  answer.writeHead(status, {
    ...headers,
    'content-length': bytes.length,
    ...(isRead ? {} : { connection: 'close' }),
  });
  answer.write(bytes);
  if (!isRead) await discard(request, lingerMs);
  answer.end();
}

/** Who sends more to somebody who has refused it waits until it is cut: reading it would cost the others. */
const discardedBytesMax = 256 * 1_024;

async function discard(request: IncomingMessage, lingerMs: number): Promise<void> {
  const over = AbortSignal.timeout(lingerMs);
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > discardedBytesMax) request.pause();
  });
  request.resume();
  // It ends, is cut, or takes too long: each is the end of it.
  await once(request, 'close', { signal: over }).catch((cause: unknown) => cause);
}
