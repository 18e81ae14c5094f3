// Sends one message to the push service of a browser (RFC 8030). The endpoint came from a person's browser: Moose connects
// only to public addresses, follows no redirect, and puts no endpoint into an error or a log.

import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { ConfigurationError, TransientError } from '../../domain/failure.ts';
import type { PushSender } from '../../engine/ports/notifier.ts';
import { AddressNotPublic, isPublicHost, publicLookup } from '../../sessions/isolation/public-address.ts';
import type { Clock } from '../../stdx/clock.ts';
import { readRetryAfterMs } from '../../stdx/retry-after.ts';
import { errorCode } from '../../stdx/system-error.ts';
import { notifierFailures } from '../failure-catalogue.ts';
import { encryptPush } from './encrypt.ts';
import { pushMessage, pushTopic } from './message.ts';
import { vapidHeader } from './vapid.ts';

export interface PushSenderSettings {
  clock: Clock;
  /** Where the push service reaches whoever runs Moose: an https address; null if there is none. */
  contact: string | null;
  timeoutMs?: number;
  /** Only tests: their push service listens on loopback, without TLS. */
  allowsLoopback?: boolean;
}

const defaultTimeoutMs = 10_000;
/** How long the push service keeps a message for a browser that is not running. */
const keptS = 24 * 60 * 60;
const answerBytesMax = 16 * 1024;
const retryAfterMsMax = 60 * 60_000;
/** Temporary refusals, as for other channels. */
const notNow = new Set([408, 425, 429]);
const gone = new Set([404, 410]);

export function createPushSender(settings: PushSenderSettings): PushSender {
  const { clock, contact } = settings;
  return {
    async send(delivery, to, key, signal) {
      const endpoint = new URL(to.endpoint);
      if (!isAllowed(endpoint, settings)) throw refused('is not a public https address', {});
      const body = encryptPush(Buffer.from(JSON.stringify(pushMessage(delivery))), to);
      const headers = {
        authorization: await vapidHeader(key, { endpoint, contact, now: clock.now() }),
        'content-encoding': 'aes128gcm',
        'content-type': 'application/octet-stream',
        'content-length': String(body.length),
        topic: pushTopic(delivery),
        ttl: String(keptS),
        urgency: 'high',
        'user-agent': 'moose',
      };
      const { status, retryAfter } = await post(endpoint, { headers, body }, settings, signal);
      if (status >= 200 && status < 300) return 'delivered';
      if (gone.has(status)) return 'gone';
      if (status < 500 && !notNow.has(status)) throw refused(`answered with ${status}`, { status });
      const retryAfterMs = readRetryAfterMs({ 'retry-after': retryAfter }, clock.now(), retryAfterMsMax);
      throw notDelivered(`answered with ${status}`, { status }, retryAfterMs);
    },
  };
}

function isAllowed(endpoint: URL, { allowsLoopback = false }: PushSenderSettings): boolean {
  if (allowsLoopback && endpoint.hostname === '127.0.0.1') return true;
  return endpoint.protocol === 'https:' && isPublicHost(endpoint.hostname, portOf(endpoint));
}

const portOf = ({ port }: URL) => (port === '' ? 443 : Number(port));

interface Answer {
  status: number;
  retryAfter: string | undefined;
}

async function post(
  endpoint: URL,
  { headers, body }: { headers: Record<string, string>; body: Buffer },
  { timeoutMs = defaultTimeoutMs, allowsLoopback = false }: PushSenderSettings,
  signal: AbortSignal,
): Promise<Answer> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const options = {
    method: 'POST',
    headers,
    agent: false as const,
    signal: AbortSignal.any([signal, timeout]),
    ...(allowsLoopback ? {} : { lookup: publicLookup(portOf(endpoint)) }),
  };
  try {
    return await new Promise<Answer>((resolve, reject) => {
      const open = endpoint.protocol === 'http:' ? httpRequest : httpsRequest;
      const sent = open(endpoint, options, (answer) => {
        let bytes = 0;
        const { statusCode: status = 0, headers: told } = answer;
        const end = () => resolve({ status, retryAfter: told['retry-after'] });
        // Read only so that the connection ends properly: nothing of the body is used.
        answer.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes <= answerBytesMax) return;
          end();
          answer.destroy();
        });
        answer.on('end', end).on('error', reject);
      });
      sent.on('error', reject);
      sent.end(body);
    });
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof AddressNotPublic) throw refused('has no public address', {});
    const what = timeout.aborted ? `did not answer within ${timeoutMs} ms` : 'could not be reached';
    throw notDelivered(what, { systemCode: errorCode(cause) ?? null });
  }
}

function notDelivered(
  what: string,
  metadata: Record<string, unknown>,
  retryAfterMs?: number,
): TransientError {
  return notifierFailures.NOTICE_NOT_DELIVERED_PUSH(
    { operation: 'push', metadata, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
    { what },
  );
}

function refused(what: string, metadata: Record<string, unknown>): ConfigurationError {
  return notifierFailures.NOTICE_REFUSED_PUSH({ operation: 'push', metadata }, { what });
}
