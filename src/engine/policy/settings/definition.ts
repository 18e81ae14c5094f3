// The definition of a setting: its default, its description, and the values that people can give it.
import type { z } from 'zod';
import type { SettingGroup, SettingKind } from '../../../domain/limits/setting.ts';

/** The kind of names in the value; only names that this Moose knows are accepted. */
export type NamesOf = 'model' | 'agent' | 'time zone';

export interface Described {
  key: string;
  title: string;
  /** What a change means, and who is affected. */
  help: string;
  kind: SettingKind;
  min?: number;
  max?: number;
  /** The first choice is the default. */
  choices?: readonly [string, ...string[]];
  namesOf?: NamesOf;
  /** The environment variable that sets the default. */
  environment?: string;
  /** Other words that the variable accepts for a choice. */
  environmentAliases?: Readonly<Record<string, string>>;
  /** What the reference adds about the variable. */
  environmentHelp?: string;
}

/** What a person can change about a value of the engine. In JSON, dollars and milliseconds are numbers. */
export interface SettingPart<Value> extends Described {
  schema: z.ZodType<unknown>;
  read(value: Value): unknown;
  /** `given` has already passed the schema. */
  write(value: Value, given: unknown): Value;
}

/** A value of the engine, and what people can change about it: nothing, all of it, or several parts. */
export interface Setting<Value> {
  default: Value;
  parts: ReadonlyArray<SettingPart<Value>>;
}

/** The values of a settings table: the same names, with a value in place of each declaration. */
export type ValuesOf<Table> = {
  [Name in keyof Table]: Table[Name] extends Setting<infer Value> ? Value : ValuesOf<Table[Name]>;
};

/** A setting that nobody changes while Moose runs. */
export function fixed<Value>(value: Value): Setting<Value> {
  return { default: value, parts: [] };
}

/** A setting that is read from its own row whenever it is needed: for money by the database itself. */
export interface DatabaseSetting extends Described {
  schema: z.ZodType<unknown>;
  default: unknown;
}

export type SettingDefinition<Settings> = Described & {
  group: SettingGroup;
  schema: z.ZodType<unknown>;
  held:
    | {
        by: 'engine';
        read(settings: Settings): unknown;
        /** The parts of the settings that change with this value, which the schema has accepted. */
        write(settings: Settings, given: unknown): Partial<Settings>;
      }
    | { by: 'database'; default: unknown };
};
