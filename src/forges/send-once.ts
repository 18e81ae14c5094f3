// Sends one HTTP request, once: it completes or fails. No retry, no redirect, no incomplete answer.
import { once } from 'node:events';
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

export interface Sending {
  method: string;
  url: URL;
  headers: Readonly<Record<string, string>>;
  body: string | null;
  timeoutMs: number;
  /** What happens to a body longer than `bytesMax`: it fails the call, or only its end is kept. */
  keep: 'all' | 'tail';
  bytesMax: number;
  /**
   * True for a write, which continues without its caller after an abort: a forge may drop the consequences of a write,
   * such as the start of CI, if its connection is closed before the answer.
   */
  isWrite: boolean;
  signal: AbortSignal | undefined;
}

export interface Sent {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** True if only the end of the body was kept. */
  isCut: boolean;
}

/** Why there is no answer. `callHost` turns it into a MooseError. */
export class SendFailure extends Error {
  readonly reason: 'timeout' | 'unreachable' | 'too large';

  constructor(reason: SendFailure['reason'], cause?: unknown) {
    super(reason, { cause });
    this.reason = reason;
  }
}

/** @throws SendFailure, or the reason of `signal` as soon as that is aborted */
export async function sendOnce(sending: Sending): Promise<Sent> {
  const { signal, timeoutMs, isWrite } = sending;
  signal?.throwIfAborted();
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    if (signal === undefined || !isWrite)
      return await answerTo(request(sending, signal ? AbortSignal.any([signal, timeout]) : timeout), sending);
    const sent = request(sending, timeout);
    return await unlessAborted(answerTo(sent, sending), signal, () => sent.socket?.unref());
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof SendFailure) throw cause;
    throw new SendFailure(timeout.aborted ? 'timeout' : 'unreachable', cause);
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

function request({ method, url, headers, body }: Sending, signal: AbortSignal): ClientRequest {
  return (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
    method,
    signal,
    // A reused connection may already be dead, and it would be unknown whether the host received the request.
    agent: false,
    headers: {
      ...headers,
      'accept-encoding': 'identity',
      connection: 'close',
      ...(body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    },
  });
}

async function answerTo(sent: ClientRequest, sending: Sending): Promise<Sent> {
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

/** Reads the whole body of an answer, piece by piece. */
export async function readBody(
  response: AsyncIterable<Uint8Array>,
  { keep, bytesMax }: Pick<Sending, 'keep' | 'bytesMax'>,
): Promise<Pick<Sent, 'body' | 'isCut'>> {
  // Copies each chunk, because even a small chunk would keep the socket's whole buffer in memory.
  let kept: Buffer = Buffer.allocUnsafe(firstBytes);
  let [bytes, isCut] = [0, false];
  for await (const chunk of response) {
    if (keep === 'all' && bytes + chunk.length > bytesMax) throw new SendFailure('too large');
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
  }
  const from = keep === 'tail' ? Math.max(0, bytes - bytesMax) : 0;
  return { body: kept.subarray(from, bytes), isCut: isCut || from > 0 };
}

function grown(kept: Buffer, bytes: number): Buffer {
  const larger = Buffer.allocUnsafe(Math.max(bytes, kept.length * 2));
  kept.copy(larger);
  return larger;
}
