import type { Notifier } from '../../engine/ports/notifier.ts';
import type { Clock } from '../../stdx/clock.ts';
import { postNotice } from '../post-notice.ts';
import { webhookMessage } from './message.ts';
import { signatureOf } from './signature.ts';

/** Any address that accepts JSON. With a secret each request is signed: see `signatureOf`. */
export function createWebhookNotifier(settings: {
  url: string;
  secret?: string;
  clock: Clock;
  timeoutMs?: number;
}): Notifier {
  const name = 'webhook';
  const { url, secret, clock, timeoutMs } = settings;
  return {
    name,
    send: (delivery, signal) => {
      const body = JSON.stringify(webhookMessage(delivery));
      // In seconds since the epoch, as in other services' signatures; a new time for each attempt.
      const sentAtS = Math.floor(clock.now().getTime() / 1_000);
      const headers = {
        'x-moose-event': delivery.kind,
        'x-moose-timestamp': String(sentAtS),
        ...(secret === undefined ? {} : { 'x-moose-signature': signatureOf(secret, sentAtS, body) }),
      };
      const limits = timeoutMs === undefined ? {} : { timeoutMs };
      return postNotice({ name, url }, body, { key: delivery.key, headers, ...limits }, signal);
    },
  };
}
