// Sends one HTTP request, once: it completes, or fails and says whether the host may have received it. No retry, no
// redirect, no incomplete answer. The global `fetch` gives up after 300 s without headers, which a long answer can reach,
// and it follows a redirect with `x-api-key` still set.
import { once } from 'node:events';
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { agentsThrough, type ForwardProxy, isReady, noProxy, ownProxy } from './http/forward-proxy.ts';

export interface Sending {
  method: string;
  url: URL;
  headers: Readonly<Record<string, string>>;
  body: string | Uint8Array | null;
  timeoutMs: number;
  /**
   * What happens to a body longer than `bytesMax`: it fails the call, only its end is kept, or only its beginning is
   * read.
   */
  keep: 'all' | 'tail' | 'head';
  bytesMax: number;
  /**
   * The request continues without its caller after an abort: a forge may drop the consequences of a write, such as the
   * start of CI, if its connection is closed before the answer.
   */
  outlivesAbort?: boolean;
  /** Defaults to the system's resolver. */
  lookup?: LookupFunction;
  /** The proxy for hosts outside; defaults to that of the environment. */
  proxy?: ForwardProxy;
  signal: AbortSignal | undefined;
}

export interface Sent {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** True if a part of the body is missing. */
  isCut: boolean;
}

/** Why there is no answer. Each room turns it into its own MooseError. */
export class SendFailure extends Error {
  readonly reason: 'timeout' | 'unreachable' | 'too large';
  /** False if no byte of the request has reached the host, so that it cannot have done what it was asked. */
  readonly mayHaveArrived: boolean;

  constructor(reason: SendFailure['reason'], { mayHaveArrived, cause }: ArrivalFacts) {
    super(reason, { cause });
    this.reason = reason;
    this.mayHaveArrived = mayHaveArrived;
  }
}

interface ArrivalFacts {
  mayHaveArrived: boolean;
  cause?: unknown;
}

/** How long a connection may be silent before the kernel checks whether the peer is still there. */
const tcpKeepAliveMs = 30_000;

/** @throws SendFailure, or the reason of `signal` as soon as that is aborted */
export async function sendOnce(sending: Sending): Promise<Sent> {
  const { signal, timeoutMs, outlivesAbort } = sending;
  signal?.throwIfAborted();
  const timeout = AbortSignal.timeout(timeoutMs);
  const connection = { isOpen: false };
  try {
    if (signal === undefined || !outlivesAbort) {
      const sent = request(sending, signal ? AbortSignal.any([signal, timeout]) : timeout);
      return await answerTo(sent, sending, connection);
    }
    const sent = request(sending, timeout);
    return await unlessAborted(answerTo(sent, sending, connection), signal, () => sent.socket?.unref());
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof SendFailure) throw cause;
    const reason = timeout.aborted ? 'timeout' : 'unreachable';
    throw new SendFailure(reason, { mayHaveArrived: connection.isOpen, cause });
  }
}

/** Rejects on abort; the work itself continues, but does not keep the process alive. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal, leave: () => void): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const stop = () => {
    leave();
    aborted.reject(signal.reason);
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function request(
  { method, url, headers, body, lookup, proxy = ownProxy() }: Sending,
  signal: AbortSignal,
): ClientRequest {
  const sent = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
    method,
    signal,
    // A reused connection may already be dead, and it would be unknown whether the host received the request.
    agent: proxy === noProxy ? false : agentsThrough(proxy, { keepAlive: false }).of(url),
    ...(lookup ? { lookup } : {}),
    headers: {
      ...headers,
      'accept-encoding': 'identity',
      connection: 'close',
      ...(body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    },
  });
  sent.setSocketKeepAlive(true, tcpKeepAliveMs);
  return sent;
}

async function answerTo(
  sent: ClientRequest,
  sending: Sending,
  connection: { isOpen: boolean },
): Promise<Sent> {
  // Before this event, nothing is written: a host with a wrong certificate receives no request.
  const opened = sending.url.protocol === 'https:' ? 'secureConnect' : 'connect';
  sent.once('socket', (socket) => {
    connection.isOpen = isReady(socket);
    socket.once(opened, () => {
      connection.isOpen = true;
    });
  });
  const answered = once(sent, 'response');
  // If a request fails after the response's headers, the response fails too, and `readBody` throws.
  sent.on('error', () => undefined);
  sent.end(sending.body ?? undefined);
  const [response] = (await answered) as [IncomingMessage];
  const { statusCode = 0, headers } = response;
  const body = await readBody(response as AsyncIterable<Uint8Array>, sending);
  return { status: statusCode, headers, ...body };
}

/** The first size of the buffer: most answers fit. */
const firstBytes = 16 * 1024;

/** Reads the body of an answer, piece by piece. */
export async function readBody(
  response: AsyncIterable<Uint8Array>,
  { keep, bytesMax }: Pick<Sending, 'keep' | 'bytesMax'>,
): Promise<Pick<Sent, 'body' | 'isCut'>> {
  // Copies each chunk, because even a small chunk would keep the socket's whole buffer in memory.
  let kept: Buffer = Buffer.allocUnsafe(firstBytes);
  let [bytes, isCut] = [0, false];
  // Leaving the loop closes the connection.
  for await (const chunk of response) {
    if (keep === 'all' && bytes + chunk.length > bytesMax)
      throw new SendFailure('too large', { mayHaveArrived: true });
    if (bytes + chunk.length > kept.length) {
      // A tail needs twice its size, so that its end is moved to the front only once per `bytesMax`.
      if (keep === 'tail' && kept.length >= 2 * bytesMax && bytes > bytesMax) {
        kept.copyWithin(0, bytes - bytesMax, bytes);
        [bytes, isCut] = [bytesMax, true];
      }
      if (bytes + chunk.length > kept.length) kept = grown(kept, bytes + chunk.length);
    }
    kept.set(chunk, bytes);
    bytes += chunk.length;
    if (keep === 'head' && bytes > bytesMax) return { body: kept.subarray(0, bytesMax), isCut: true };
  }
  const from = keep === 'tail' ? Math.max(0, bytes - bytesMax) : 0;
  return { body: kept.subarray(from, bytes), isCut: isCut || from > 0 };
}

function grown(kept: Buffer, bytes: number): Buffer {
  const larger = Buffer.allocUnsafe(Math.max(bytes, kept.length * 2));
  kept.copy(larger);
  return larger;
}
