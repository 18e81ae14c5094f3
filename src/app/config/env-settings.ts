// The settings that people can change, as the environment gives them at startup.
import { usdNumber } from '../../domain/money.ts';
import {
  defaultSettings,
  type EngineSettingDefinition,
  type EngineSettings,
  settingDefinitions,
} from '../../engine/policy/engine-settings.ts';
import type { Environment } from './own-environment.ts';
import { dollars, integer, listed, oneOf } from './parse-env-values.ts';
import { variables } from './variables.ts';

/** Settings whose default comes from an environment variable. */
export const settingsOfEnvironment = settingDefinitions.flatMap((definition) => {
  const { environment: name } = definition;
  return name === undefined || Object.hasOwn(variables, name) ? [] : [{ name, definition }];
});

/** @throws ConfigurationError `SETTING_INVALID` */
export function readEnvSettings(env: Environment): EngineSettings {
  const settings = { ...defaultSettings };
  for (const { name, definition } of settingsOfEnvironment) {
    const given = env[name];
    if (!given || definition.held.by !== 'engine') continue;
    const value = readValue(given, name, definition, definition.held.read(defaultSettings));
    Object.assign(settings, definition.held.write(settings, value));
  }
  return settings;
}

/** The bounds for people do not apply here: the person who sets the environment has the last word. */
function readValue(
  given: string,
  name: string,
  { kind, choices, environmentAliases = {} }: EngineSettingDefinition,
  fallback: unknown,
): unknown {
  switch (kind) {
    case 'integer':
    case 'duration_ms':
      return integer(given, name, Number(fallback));
    case 'usd':
      return usdNumber(dollars(given, name, Number(fallback)));
    case 'choice':
      return choices ? oneOf(environmentAliases[given] ?? given, name, choices) : given;
    case 'agents':
      return listed(given);
    case 'words':
      return listed(given).map((word) => word.toLowerCase());
    default:
      throw new Error(`The setting of ${name} is of a kind that cannot be set by a variable: ${kind}`);
  }
}
