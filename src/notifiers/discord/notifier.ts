import type { Notifier } from '../../engine/ports/notifier.ts';
import { postNotice } from '../post-notice.ts';
import { discordMessage } from './message.ts';

/** `url`: a webhook of a Discord channel (https://discord.com/developers/docs/resources/webhook). */
export function createDiscordNotifier(settings: { url: string; timeoutMs?: number }): Notifier {
  const name = 'discord';
  const { url, timeoutMs } = settings;
  return {
    name,
    send: (delivery, signal) =>
      postNotice(
        { name, url },
        JSON.stringify(discordMessage(delivery)),
        { key: delivery.key, ...(timeoutMs === undefined ? {} : { timeoutMs }) },
        signal,
      ),
  };
}
