// Sends one POST with a notice, once, and says how that ended. The address is a secret: no end contains it.
import type { Clock } from '../stdx/clock.ts';
import { readRetryAfterMs } from '../stdx/http/retry-after.ts';
import { SendFailure, type Sending, type Sent, sendOnce } from '../stdx/send-once.ts';
import { errorCode } from '../stdx/system-error.ts';

export type NoticeEnd =
  | { kind: 'delivered' }
  | { kind: 'refused'; status: number; answer: string }
  /** It may be sent again later. */
  | {
      kind: 'not delivered';
      /** Completes a sentence that starts with the receiver: `answered with 503`. */
      what: string;
      metadata: Record<string, unknown>;
      retryAfterMs?: number;
    };

/** A receiver that does not answer for this long is retried later. */
const defaultTimeoutMs = 10_000;
/** Only the start of an answer is read. */
const answerCharsMax = 200;
const answerBytesMax = 16 * 1024;
/** A longer requested wait is cut to this: the waiting code has its own limit. */
const retryAfterMsMax = 60 * 60_000;
/** Temporary refusals (RFC 9110, RFC 8470, RFC 6585). */
const notNow = new Set([408, 425, 429]);

export interface NoticeSending extends Pick<Sending, 'headers' | 'lookup'> {
  address: string;
  body: string | Uint8Array;
  clock: Clock;
  timeoutMs: number | undefined;
}

/** @throws only the reason of `signal` once that is aborted */
export async function sendNotice(sending: NoticeSending, signal: AbortSignal): Promise<NoticeEnd> {
  const { address, clock, timeoutMs = defaultTimeoutMs, ...rest } = sending;
  let sent: Sent;
  try {
    sent = await sendOnce({
      ...rest,
      method: 'POST',
      url: new URL(address),
      timeoutMs,
      keep: 'head',
      bytesMax: answerBytesMax,
      signal,
    });
  } catch (cause) {
    signal.throwIfAborted();
    const isLate = cause instanceof SendFailure && cause.reason === 'timeout';
    const what = isLate ? `did not answer within ${timeoutMs} ms` : 'could not be reached';
    // Only the code, such as `ECONNREFUSED`: messages may contain the address.
    const systemCode = errorCode(cause instanceof SendFailure ? cause.cause : cause) ?? null;
    return { kind: 'not delivered', what, metadata: { systemCode } };
  }
  const { status, headers, body } = sent;
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  const answer = withoutAddress(body.toString(), address);
  if (status < 500 && !notNow.has(status)) return { kind: 'refused', status, answer };
  const retryAfterMs = readRetryAfterMs(headers, clock.now(), retryAfterMsMax);
  return {
    kind: 'not delivered',
    what: `answered with ${status}`,
    metadata: { status, answer },
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** A server may repeat the request in its answer. */
function withoutAddress(text: string, address: string): string {
  const { pathname, search } = new URL(address);
  const secrets = [address, pathname + search, pathname, ...pathname.split('/'), ...search.split(/[?&=]/)];
  let clean = text;
  for (const secret of secrets.filter((each) => each.length > 5)) clean = clean.replaceAll(secret, '…');
  return clean.slice(0, answerCharsMax);
}
