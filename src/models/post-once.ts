import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

// Sends one POST, once: it either completes or fails. No retry, no redirect, no incomplete answer. The global `fetch`
// gives up after 300 s without headers, which a long answer without streaming can reach, and it follows a redirect with
// `x-api-key` still set.

export interface PostLimits {
  timeoutMs: number;
  responseBytesMax: number;
  signal: AbortSignal;
}

export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Why there is no reply. Used only inside this folder: `failures.ts` turns it into a MooseError. */
export class PostFailure extends Error {
  readonly reason: 'timeout' | 'unreachable' | 'too_large';

  constructor(reason: PostFailure['reason'], cause?: unknown) {
    super(reason, { cause });
    this.reason = reason;
  }
}

/** How long a connection may be silent before the kernel checks whether the peer is still there. */
const tcpKeepAliveMs = 30_000;

/** @throws PostFailure, or the reason of `limits.signal` as soon as that is aborted */
export async function postOnce(
  url: URL,
  headers: Record<string, string>,
  body: string,
  limits: PostLimits,
): Promise<Reply> {
  limits.signal.throwIfAborted();
  const timeout = AbortSignal.timeout(limits.timeoutMs);
  try {
    const response = await send(url, headers, body, AbortSignal.any([limits.signal, timeout]));
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      body: await readBody(response, limits.responseBytesMax),
    };
  } catch (cause) {
    limits.signal.throwIfAborted();
    if (cause instanceof PostFailure) {
      throw cause;
    }
    throw new PostFailure(timeout.aborted ? 'timeout' : 'unreachable', cause);
  }
}

async function send(
  url: URL,
  headers: Record<string, string>,
  body: string,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
    method: 'POST',
    signal,
    headers: {
      ...headers,
      'accept-encoding': 'identity',
      'content-length': Buffer.byteLength(body),
      // A reused connection may already be dead, and a POST that costs money must not be sent twice to find out.
      connection: 'close',
    },
  });
  request.setSocketKeepAlive(true, tcpKeepAliveMs);
  const answered = once(request, 'response');
  // If a request fails after the response's headers, the response fails too, and `readBody` throws.
  request.on('error', () => undefined);
  request.end(body);
  const [response] = (await answered) as [IncomingMessage];
  return response;
}

async function readBody(response: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bytesMax) {
      throw new PostFailure('too_large');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
