// Sends one message to the push service of a browser (RFC 8030). The endpoint came from a person's browser: Moose connects
// only to public addresses, follows no redirect, and puts no endpoint into an error or a log.

import type { ConfigurationError } from '../../domain/failure.ts';
import type { PushSender } from '../../engine/ports/notifier.ts';
import type { Clock } from '../../stdx/clock.ts';
import { addressNotPublic, isPublicHost, publicLookup } from '../../stdx/network/public-address.ts';
import { notifierFailures } from '../failure-catalogue.ts';
import { sendNotice } from '../send-notice.ts';
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

/** How long the push service keeps a message for a browser that is not running. */
const keptS = 24 * 60 * 60;
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
        topic: pushTopic(delivery),
        ttl: String(keptS),
        urgency: 'high',
        'user-agent': 'moose',
      };
      const { timeoutMs, allowsLoopback } = settings;
      const lookup = allowsLoopback ? {} : { lookup: publicLookup(portOf(endpoint)) };
      const sending = { address: to.endpoint, headers, body, clock, timeoutMs, ...lookup };
      const end = await sendNotice(sending, signal);
      if (end.kind === 'delivered') return 'delivered';
      if (end.kind === 'refused') {
        const { status } = end;
        if (gone.has(status)) return 'gone';
        throw refused(`answered with ${status}`, { status });
      }
      const { kind: _, what, ...facts } = end;
      if (facts.metadata.systemCode === addressNotPublic) throw refused('has no public address', {});
      throw notifierFailures.NOTICE_NOT_DELIVERED_PUSH({ operation: 'push', ...facts }, { what });
    },
  };
}

function isAllowed(endpoint: URL, { allowsLoopback = false }: PushSenderSettings): boolean {
  if (allowsLoopback && endpoint.hostname === '127.0.0.1') return true;
  return endpoint.protocol === 'https:' && isPublicHost(endpoint.hostname, portOf(endpoint));
}

const portOf = ({ port }: URL) => (port === '' ? 443 : Number(port));

function refused(what: string, metadata: Record<string, unknown>): ConfigurationError {
  return notifierFailures.NOTICE_REFUSED_PUSH({ operation: 'push', metadata }, { what });
}
