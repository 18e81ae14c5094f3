// Creates the notification channels that have an address in the settings.
import type { Notifier } from '../engine/ports/notifier.ts';
import { createDiscordNotifier } from '../notifiers/discord/notifier.ts';
import { createSlackNotifier } from '../notifiers/slack/notifier.ts';
import { createWebhookNotifier } from '../notifiers/webhook/notifier.ts';
import { systemClock } from '../stdx/clock.ts';
import type { FaceSettings } from './config/face-settings.ts';

export function createNotifiers(settings: FaceSettings): Notifier[] {
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
