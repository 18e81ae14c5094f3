// Creates the notification channels that have an address in the settings.
import type { Notifier, PushSender } from '../engine/ports/notifier.ts';
import { createDiscordNotifier } from '../notifiers/discord/notifier.ts';
import { createPushSender } from '../notifiers/push/sender.ts';
import { createSlackNotifier } from '../notifiers/slack/notifier.ts';
import { createWebhookNotifier } from '../notifiers/webhook/notifier.ts';
import { systemClock } from '../stdx/clock.ts';
import type { InterfaceSettings } from './config/interface-settings.ts';

export function createNotifiers(settings: InterfaceSettings): Notifier[] {
  const { slackUrl, slack, discordUrl, webhookUrl, webhookSecret } = settings;
  const secret = webhookSecret === null ? {} : { secret: webhookSecret };
  return [
    ...(slackUrl === null ? [] : [createSlackNotifier({ url: slackUrl, hasButtons: slack !== null })]),
    ...(discordUrl === null ? [] : [createDiscordNotifier({ url: discordUrl })]),
    ...(webhookUrl === null
      ? []
      : [createWebhookNotifier({ url: webhookUrl, clock: systemClock, ...secret })]),
  ];
}

export function createPushes({ baseUrl }: Pick<InterfaceSettings, 'baseUrl'>): PushSender {
  // Push services accept a contact address only if it starts with https.
  const contact = baseUrl?.startsWith('https:') ? baseUrl : null;
  return createPushSender({ clock: systemClock, contact });
}
