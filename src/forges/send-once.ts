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
    return { status: statusCode, headers, ...(await readBody(response, sending)) };
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

async function readBody(
  response: IncomingMessage,
  { keep, bytesMax }: Sending,
): Promise<Pick<Sent, 'body' | 'isCut'>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let isCut = false;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > bytesMax && keep === 'all') throw new SendFailure('too large');
    while (bytes - (chunks[0]?.length ?? 0) >= bytesMax) {
      bytes -= chunks.shift()?.length ?? 0;
      isCut = true;
    }
  }
  const body = Buffer.concat(chunks);
  return { body: body.subarray(Math.max(0, body.length - bytesMax)), isCut: isCut || body.length > bytesMax };
}
