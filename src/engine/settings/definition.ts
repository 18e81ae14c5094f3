// The definition of a setting: its description, its values, and where the engine finds it.
import type { z } from 'zod';
import type { EngineSettings } from '../policy/engine-settings.ts';

export type SettingGroup = 'limits' | 'policies' | 'models' | 'agents' | 'breakers' | 'people';

/** How it is edited. */
export type SettingKind =
  | 'usd'
  | 'integer'
  | 'share'
  | 'duration_ms'
  | 'text'
  | 'choice'
  | 'models'
  | 'agents'
  | 'words'
  | 'policies';

/** Possible names in a value, if only names known to this Moose are valid. */
export type NamesOf = 'model' | 'agent' | 'time zone';

interface Described {
  key: string;
  group: SettingGroup;
  title: string;
  /** What a change means, and for whom. */
  help: string;
  kind: SettingKind;
  min?: number;
  max?: number;
  choices?: readonly string[];
  namesOf?: NamesOf;
  /** The environment variable of the default. */
  environment?: string;
}

/** A value is JSON: dollars and milliseconds are numbers. */
export type SettingDefinition = Described & {
  schema: z.ZodType<unknown>;
  held:
    | {
        /** Used by the engine, which reads the current settings. */
        by: 'engine';
        read(settings: EngineSettings): unknown;
        /** The changes in the settings with this value, which the schema has accepted. */
        write(settings: EngineSettings, value: unknown): Partial<EngineSettings>;
      }
    /** Used by the database, which reads its row whenever it reserves money. */
    | { by: 'database'; usual: unknown };
};

export interface EngineSettingFields<Value> extends Described {
  schema: z.ZodType<Value>;
  read(settings: EngineSettings): Value;
  write(settings: EngineSettings, value: Value): Partial<EngineSettings>;
}

export function engineSetting<Value>({
  read,
  write,
  ...described
}: EngineSettingFields<Value>): SettingDefinition {
  return {
    ...described,
    held: { by: 'engine', read, write: (settings, value) => write(settings, value as Value) },
  };
}

export function databaseSetting<Value>(
  given: Described & { schema: z.ZodType<Value>; usual: Value },
): SettingDefinition {
  const { usual, ...described } = given;
  return { ...described, held: { by: 'database', usual } };
}
