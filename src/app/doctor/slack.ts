// Checks what buttons in Slack need; the signing secret itself only shows when Slack sends something.
import type { Diagnosis } from '../../engine/views/diagnosis.ts';
import type { InterfaceSettings } from '../config/interface-settings.ts';

/** Empty if messages in Slack have no buttons. */
export function diagnoseSlack({
  slack,
  slackUrl,
  baseUrl,
}: Pick<InterfaceSettings, 'slack' | 'slackUrl' | 'baseUrl'>): Diagnosis[] {
  if (slack === null) return [];
  const name = 'slack buttons';
  const warning = (found: string, advice: string): Diagnosis[] => [{ name, state: 'warning', found, advice }];
  if (slackUrl === null)
    return warning('no channel', 'Set MOOSE_SLACK_WEBHOOK_URL: without it, no message gets to Slack.');
  if (baseUrl === null)
    return warning('no public address', 'Set MOOSE_BASE_URL: without it, Slack does not reach Moose.');
  if (slack.people.size === 0)
    return warning('nobody', 'Set MOOSE_SLACK_PEOPLE: without it, nobody may press a button.');
  return [{ name, state: 'ok', found: `${slack.people.size} people`, advice: null }];
}
