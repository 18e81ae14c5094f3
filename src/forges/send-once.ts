// Sends one HTTP request, once: it completes or fails. No retry, no redirect, no incomplete answer.
import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
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
  const { signal, timeoutMs } = sending;
  signal?.throwIfAborted();
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await request(sending, signal ? AbortSignal.any([signal, timeout]) : timeout);
    const { statusCode = 0, headers } = response;
    const body = await readBody(response as AsyncIterable<Uint8Array>, sending);
    return { status: statusCode, headers, ...body };
  } catch (cause) {
    signal?.throwIfAborted();
    if (cause instanceof SendFailure) throw cause;
    throw new SendFailure(timeout.aborted ? 'timeout' : 'unreachable', cause);
  }
}

async function request(
  { method, url, headers, body }: Sending,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const sent = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
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
  const answered = once(sent, 'response');
  // If a request fails after the response's headers, the response fails too, and `readBody` throws.
  sent.on('error', () => undefined);
  sent.end(body ?? undefined);
  const [response] = (await answered) as [IncomingMessage];
  return response;
}

/** The first size of the buffer: most answers fit. */
const firstBytes = 16 * 1024;

/** Reads to the end. `response` is the body of an answer, piece by piece. */
export async function readBody(
  response: AsyncIterable<Uint8Array>,
  { keep, bytesMax }: Pick<Sending, 'keep' | 'bytesMax'>,
): Promise<Pick<Sent, 'body' | 'isCut'>> {
  // Copied as they come: each chunk, however small, would keep the whole buffer of the socket that it was read into.
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
