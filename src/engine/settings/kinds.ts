// The kinds of values, each with the message for an invalid one.
import { z } from 'zod';
import { nanoUsdPerUsd, usdNumber } from '../../domain/money.ts';
import type { EngineSettings } from '../policy/engine-settings.ts';
import {
  type EngineSettingFields,
  engineSetting,
  type SettingDefinition,
  type SettingKind,
} from './definition.ts';

type Fields = Omit<EngineSettingFields<number>, 'schema' | 'kind'> & { min: number; max: number };
type NumberName = {
  [Name in keyof EngineSettings]: EngineSettings[Name] extends number ? Name : never;
}[keyof EngineSettings];
type Plain = Omit<Fields, 'read' | 'write'> & { of: NumberName };

export function wholeNumber({ min, max }: { min: number; max: number }, what = 'a whole number') {
  const error = `must be ${what} from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

export function share({ min, max }: { min: number; max: number }) {
  const error = `must be a share from ${min} to ${max}, for example 0.5`;
  return z.number({ error }).min(min, { error }).max(max, { error });
}

/** Dollars; anything finer than a nano-dollar is zero. */
export function dollars({ min, max }: { min: number; max: number }) {
  const error = `must be an amount of dollars from ${min} to ${max}, for example 2.5`;
  return z.number({ error }).min(min, { error }).max(max, { error });
}

export function nanoUsdOf(usd: number): bigint {
  return BigInt(Math.round(usd * Number(nanoUsdPerUsd)));
}

/** Of the names in `choices`. */
export function oneOf<Word extends string>(words: readonly [Word, ...Word[]]) {
  return z.enum(words, { error: `must be one of ${words.join(', ')}` });
}

const listMax = 20;
const nameCharsMax = 200;

export const nameSchema = z
  .string({ error: 'must be a name' })
  .regex(/^\S+$/, { error: 'must be a name without spaces' })
  .max(nameCharsMax, { error: `must have at most ${nameCharsMax} characters` });

/** Without repetition: the first available one is used. */
export function names({ min }: { min: number }) {
  return z
    .array(nameSchema, { error: 'must be a list of names' })
    .min(min, { error: 'must name at least one' })
    .max(listMax, { error: `must name at most ${listMax}` })
    .refine((list) => new Set(list).size === list.length, { error: 'must not contain duplicates' });
}

/** A number at the top level of the settings. */
export const integerSetting = ({ of, ...given }: Plain): SettingDefinition =>
  counted('integer', wholeNumber(given), { ...given, ...plain(of) });

export const durationSetting = ({ of, ...given }: Plain): SettingDefinition =>
  counted('duration_ms', milliseconds(given), { ...given, ...plain(of) });

/** A nested number. */
export const integerIn = (given: Fields): SettingDefinition => counted('integer', wholeNumber(given), given);

export const durationIn = (given: Fields): SettingDefinition =>
  counted('duration_ms', milliseconds(given), given);

export const shareIn = (given: Fields): SettingDefinition => counted('share', share(given), given);

export function usdIn({
  read,
  write,
  ...given
}: Omit<Fields, 'read' | 'write'> & {
  read(settings: EngineSettings): bigint;
  write(settings: EngineSettings, nanoUsd: bigint): Partial<EngineSettings>;
}): SettingDefinition {
  return counted('usd', dollars(given), {
    ...given,
    read: (settings) => usdNumber(read(settings)),
    write: (settings, usd) => write(settings, nanoUsdOf(usd)),
  });
}

const milliseconds = (bounds: { min: number; max: number }) =>
  wholeNumber(bounds, 'a whole number of milliseconds');

const counted = (kind: SettingKind, schema: z.ZodType<number>, given: Fields) =>
  engineSetting({ ...given, kind, schema });

const plain = (of: NumberName) => ({
  read: (settings: EngineSettings) => settings[of],
  write: (_: EngineSettings, value: number) => ({ [of]: value }),
});
