// The gateway's own answers, in the client's protocol, and the headers of the answers that it passes on.
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Wire } from '../wire/wire.ts';
import type { CallRefused } from './call-refused.ts';

/** A client's request and the answer to it. */
export interface Exchange {
  request: IncomingMessage;
  answer: ServerResponse;
  /** By `performance.now()`. */
  startedMs: number;
  /** The client waits for permission to send its body. */
  expectsContinue: boolean;
}

/**
 * Headers of one connection, never passed on (RFC 9110, 7.6.1). The last ones would send a client to another server.
 */
const ofTheConnection = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization', 'te'],
  ...['trailer', 'transfer-encoding', 'upgrade'],
  ...['alt-svc', 'strict-transport-security', 'set-cookie'],
]);

/** Alternating names and values, as received, including rate limits and request IDs. */
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

/** Answers, and lets a client that is still sending a little finish, so that it reads the answer instead of a reset. */
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

/** A client that keeps sending after a refusal is disconnected: reading on would slow down the others. */
const discardedBytesMax = 256 * 1_024;

async function discard(request: IncomingMessage, lingerMs: number): Promise<void> {
  const over = AbortSignal.timeout(lingerMs);
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > discardedBytesMax) request.pause();
  });
  request.resume();
  // The request ends, is cut off, or takes too long: each ends the wait.
  await once(request, 'close', { signal: over }).catch((cause: unknown) => cause);
}
