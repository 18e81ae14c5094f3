// Posts one message to a channel, once. The channel's address is a secret: no error, log line or row ever contains it.
import { systemClock } from '../stdx/clock.ts';
import { notifierFailures } from './failure-catalogue.ts';
import { sendNotice } from './send-notice.ts';

export interface ChannelAddress {
  /** The channel's name: `slack`. */
  name: string;
  url: string;
}

export interface PostOptions {
  /** Identifies the delivery, so that a receiver can detect a second copy. */
  key: string;
  headers?: Readonly<Record<string, string>>;
  timeoutMs?: number;
}

/** @throws MooseError `NOTICE_NOT_DELIVERED` or `NOTICE_REFUSED`; the signal's reason once that is aborted */
export async function postNotice(
  { name, url }: ChannelAddress,
  body: string,
  { key, headers, timeoutMs }: PostOptions,
  signal: AbortSignal,
): Promise<void> {
  const sending = {
    address: url,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'moose',
      // The key may contain anything; a header contains ASCII.
      'idempotency-key': encodeURIComponent(key),
      ...headers,
    },
    body,
    clock: systemClock,
    timeoutMs,
  };
  const end = await sendNotice(sending, signal);
  if (end.kind === 'delivered') return;
  if (end.kind === 'refused') {
    const { status, answer } = end;
    throw notifierFailures.NOTICE_REFUSED(
      { operation: name, metadata: { status, answer } },
      { name, status },
    );
  }
  const { kind: _, what, ...facts } = end;
  throw notifierFailures.NOTICE_NOT_DELIVERED({ operation: name, ...facts }, { name, what });
}
