import type { Notifier } from '../../engine/ports/notifier.ts';
import { postNotice } from '../post-notice.ts';
import { slackMessage } from './message.ts';

/** `url`: an incoming webhook of Slack's (https://api.slack.com/messaging/webhooks). */
export function createSlackNotifier(settings: {
  url: string;
  timeoutMs?: number;
  /** Whether Moose accepts what people press. */
  hasButtons?: boolean;
}): Notifier {
  const name = 'slack';
  const { url, timeoutMs, hasButtons = false } = settings;
  return {
    name,
    send: (delivery, signal) =>
      postNotice(
        { name, url },
        JSON.stringify(slackMessage(delivery, { hasButtons })),
        { key: delivery.key, ...(timeoutMs === undefined ? {} : { timeoutMs }) },
        signal,
      ),
  };
}
