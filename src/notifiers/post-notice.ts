// Sends one POST to a channel, once. The channel's address is a secret: no error, log line or row ever contains it.

import type { MooseError, MooseErrorFields, TransientError } from '../domain/failure.ts';
import { readRetryAfterMs } from '../stdx/retry-after.ts';
import { errorCode } from '../stdx/system-error.ts';
import { notifierFailures } from './failure-catalogue.ts';

export interface ChannelAddress {
  /** The channel's name: `slack`. */
  name: string;
  url: string;
}

/** A channel that does not answer for this long is retried later. */
const defaultTimeoutMs = 10_000;
/** Only the start of an answer is read. */
const answerCharsMax = 200;
const answerBytesMax = 16 * 1024;
/** A longer requested wait is cut to this: the waiting code has its own limit. */
const retryAfterMsMax = 60 * 60_000;
/** Temporary refusals (RFC 9110, RFC 8470, RFC 6585). */
const notNow = new Set([408, 425, 429]);

export interface PostOptions {
  /** Identifies the delivery, so that a receiver can detect a second copy. */
  key: string;
  headers?: Readonly<Record<string, string>>;
  timeoutMs?: number;
}

/** @throws MooseError `NOTICE_NOT_DELIVERED` or `NOTICE_REFUSED`; the signal's reason once that is aborted */
export async function postNotice(
  channel: ChannelAddress,
  body: string,
  options: PostOptions,
  signal: AbortSignal,
): Promise<void> {
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const timeout = AbortSignal.timeout(timeoutMs);
  let response: Response;
  let answer: string;
  try {
    response = await fetch(channel.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'moose',
        // The key may contain anything; a header contains ASCII.
        'idempotency-key': encodeURIComponent(options.key),
        ...options.headers,
      },
      body,
      // The address is a secret, so a redirect is not followed.
      redirect: 'manual',
      signal: AbortSignal.any([signal, timeout]),
    });
    answer = await beginningOf(response);
  } catch (cause) {
    signal.throwIfAborted();
    throw notDelivered(
      channel,
      timeout.aborted ? `did not answer within ${timeoutMs} ms` : 'could not be reached',
      { metadata: { systemCode: systemCodeOf(cause) } },
    );
  }
  if (!response.ok) throw failureOf(channel, response, answer);
}

function failureOf(channel: ChannelAddress, response: Response, answer: string): MooseError {
  const { status } = response;
  const metadata = { status, answer: withoutAddress(answer, channel.url) };
  if (status >= 500 || notNow.has(status)) {
    const headers = { 'retry-after': response.headers.get('retry-after') ?? undefined };
    const retryAfterMs = readRetryAfterMs(headers, new Date(), retryAfterMsMax);
    return notDelivered(channel, `answered with ${status}`, {
      metadata,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
  return notifierFailures.NOTICE_REFUSED(
    { operation: channel.name, metadata },
    { name: channel.name, status },
  );
}

function notDelivered(
  channel: ChannelAddress,
  what: string,
  fields: Pick<MooseErrorFields, 'metadata' | 'retryAfterMs'>,
): TransientError {
  return notifierFailures.NOTICE_NOT_DELIVERED(
    { operation: channel.name, ...fields },
    { name: channel.name, what },
  );
}

async function beginningOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  // Leaving the loop closes the body.
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    bytes += chunk.length;
    if (bytes > answerBytesMax) break;
  }
  return text;
}

/** A server may repeat the request in its answer. */
function withoutAddress(text: string, url: string): string {
  const { pathname, search } = new URL(url);
  const secrets = [url, pathname + search, pathname, ...pathname.split('/'), ...search.split(/[?&=]/)];
  let clean = text;
  for (const secret of secrets.filter((each) => each.length > 5)) clean = clean.replaceAll(secret, '…');
  return clean.slice(0, answerCharsMax);
}

/** Only the code, such as `ECONNREFUSED`: messages may contain the address. */
function systemCodeOf(cause: unknown): string | null {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return errorCode(inner) ?? null;
}
