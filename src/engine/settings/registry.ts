// All settings that people can change while Moose runs, in display order.
import { agentSettings } from './agent-settings.ts';
import { breakerSettings } from './breaker-settings.ts';
import type { SettingDefinition } from './definition.ts';
import { limitSettings } from './limit-settings.ts';
import { modelSettings } from './model-settings.ts';
import { peopleSettings } from './people-settings.ts';
import { policySettings } from './policy-settings.ts';

export const settingDefinitions: readonly SettingDefinition[] = [
  ...limitSettings,
  ...policySettings,
  ...modelSettings,
  ...agentSettings,
  ...breakerSettings,
  ...peopleSettings,
];

const byKey = new Map(settingDefinitions.map((definition) => [definition.key, definition]));

export function definitionOf(key: string): SettingDefinition | undefined {
  return byKey.get(key);
}
