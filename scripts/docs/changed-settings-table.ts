// The settings that people can change while Moose runs, from the registry.
import {
  defaultSettings,
  type EngineSettingDefinition as SettingDefinition,
  settingDefinitions,
} from '../../src/engine/policy/engine-settings.ts';
import { markdownTable } from './markdown-table.ts';

export function changedSettingsTable(): string {
  return markdownTable(
    ['key', 'a change means', 'takes', 'default', 'before'],
    settingDefinitions.map((definition) => [
      `\`${definition.key}\``,
      definition.help,
      takes(definition),
      defaultText(definition),
      definition.environment ? `\`${definition.environment}\`` : '',
    ]),
  );
}

const kinds: Readonly<Record<SettingDefinition['kind'], string>> = {
  usd: 'dollars',
  integer: 'a whole number',
  share: 'a share',
  duration_ms: 'milliseconds',
  boolean: 'yes or no',
  text: 'a name',
  choice: 'a name',
  models: 'models, in their order',
  agents: 'agents, in their order',
  people: 'names of people, in their order',
  words: 'words',
  policies: 'rows, as JSON',
};

function takes({ kind, min, max, choices }: SettingDefinition): string {
  if (choices) return choices.map((choice) => `\`${choice}\``).join(', ');
  return min === undefined || max === undefined ? kinds[kind] : `${kinds[kind]}, ${min} to ${max}`;
}

export function defaultText({ held, kind, namesOf }: SettingDefinition): string {
  const value = held.by === 'engine' ? held.read(defaultSettings) : held.default;
  if (kind === 'policies') return 'the table in `recovery.md`';
  if (namesOf === 'model' && kind === 'models') return 'the default models of the providers that have a key';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ');
  return `\`${String(value)}\``;
}
