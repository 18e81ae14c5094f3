import type { Notifier } from '../../engine/ports/notifier.ts';
import { postNotice } from '../post-notice.ts';
import { slackMessage } from './message.ts';

/** `url`: an incoming webhook of Slack's (https://api.slack.com/messaging/webhooks). */
export function createSlackNotifier(settings: { url: string; timeoutMs?: number }): Notifier {
  const name = 'slack';
  const { url, timeoutMs } = settings;
  return {
    name,
    send: (delivery, signal) =>
      postNotice(
        { name, url },
        JSON.stringify(slackMessage(delivery)),
        { key: delivery.key, ...(timeoutMs === undefined ? {} : { timeoutMs }) },
        signal,
      ),
  };
}
