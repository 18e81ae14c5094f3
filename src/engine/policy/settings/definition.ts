// The definition of a setting: its default, its description, and which values people can give it.
import type { z } from 'zod';
import type { SettingGroup, SettingKind } from '../../../domain/setting.ts';

/** The names that a value is made of, where only those are known that do this Moose's work. */
export type NamesOf = 'model' | 'agent' | 'time zone';

export interface Described {
  key: string;
  title: string;
  /** What a change of it means, and for whom. */
  help: string;
  kind: SettingKind;
  min?: number;
  max?: number;
  /** The first is the default. */
  choices?: readonly [string, ...string[]];
  namesOf?: NamesOf;
  /** The environment variable of the default. */
  environment?: string;
  /** Other words for a choice that the variable accepts. */
  environmentAliases?: Readonly<Record<string, string>>;
  /** What the reference adds about the variable. */
  environmentHelp?: string;
}

/** What a person can change about a value of the engine. In JSON, dollars and milliseconds are numbers. */
export interface SettingPart<Value> extends Described {
  schema: z.ZodType<unknown>;
  read(value: Value): unknown;
  /** `given` has passed the schema. */
  write(value: Value, given: unknown): Value;
}

/** A value of the engine, with what people can change about it: nothing, all of it, or several parts. */
export interface Setting<Value> {
  default: Value;
  parts: ReadonlyArray<SettingPart<Value>>;
}

/** The settings of a table: the same names, with a value in place of each declaration. */
export type ValuesOf<Table> = {
  [Name in keyof Table]: Table[Name] extends Setting<infer Value> ? Value : ValuesOf<Table[Name]>;
};

/** Nobody changes it while Moose runs. */
export function fixed<Value>(value: Value): Setting<Value> {
  return { default: value, parts: [] };
}

/** A setting that the database reads from its own row whenever it reserves money. */
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
        /** What is different about the settings with this value, which the schema has accepted. */
        write(settings: Settings, given: unknown): Partial<Settings>;
      }
    | { by: 'database'; usual: unknown };
};
