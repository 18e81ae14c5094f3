// The kinds of setting values, each with the message for an invalid one.
import { z } from 'zod';
import { nanoUsdPerUsd, usdNumber } from '../../../domain/money.ts';
import type { Described, Setting, SettingPart } from './definition.ts';

interface Bounds {
  min: number;
  max: number;
}

/** The part of a declaration that every kind has. */
type Declared = Omit<Described, 'kind'>;
type Numeric = Declared & Bounds;
interface Access<Value, Given> {
  read(value: Value): Given;
  write(value: Value, given: Given): Value;
}

export function wholeNumber({ min, max }: Bounds, what = 'a whole number') {
  const error = `must be ${what} from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

export function share({ min, max }: Bounds) {
  const error = `must be a share from ${min} to ${max}, for example 0.5`;
  return z.number({ error }).min(min, { error }).max(max, { error });
}

/** Amounts in dollars; amounts below a nano-dollar are refused. */
export function dollars({ min, max }: Bounds) {
  const error = `must be an amount of dollars from ${min} to ${max}, for example 2.5`;
  return z.number({ error }).min(min, { error }).max(max, { error });
}

/** One of the words in `choices`. */
export function oneOf<Word extends string>(words: readonly [Word, ...Word[]]) {
  return z.enum(words, { error: `must be one of ${words.join(', ')}` });
}

const listMax = 20;
const nameCharsMax = 200;

export const nameSchema = z
  .string({ error: 'must be a name' })
  .regex(/^\S+$/, { error: 'must be a name without spaces' })
  .max(nameCharsMax, { error: `must have at most ${nameCharsMax} characters` });

/** A list without duplicates: the first available name is used. */
export function names({ min }: { min: number }) {
  return z
    .array(nameSchema, { error: 'must be a list of names' })
    .min(min, { error: 'must name at least one' })
    .max(listMax, { error: `must name at most ${listMax}` })
    .refine((list) => new Set(list).size === list.length, { error: 'must not contain duplicates' });
}

/** A part of a value whose kind needs only its schema. */
export function partOf<Value, Given>(
  part: Described & Access<Value, Given> & { schema: z.ZodType<Given> },
): SettingPart<Value> {
  return part as SettingPart<Value>;
}

export const usdPart = <Value>({ read, write, ...declared }: Numeric & Access<Value, bigint>) =>
  partOf<Value, number>({
    ...declared,
    kind: 'usd',
    schema: dollars(declared),
    read: (value) => usdNumber(read(value)),
    write: (value, usd) => write(value, nanoUsdOf(usd)),
  });

export const sharePart = <Value>(declared: Numeric & Access<Value, number>) =>
  partOf<Value, number>({ ...declared, kind: 'share', schema: share(declared) });

const itself = { read: <Value>(value: Value) => value, write: <Value>(_: Value, given: Value) => given };

/** A value that is changed as a whole, in its JSON form. */
export function whole<Value>({
  default: value,
  ...declared
}: Described & { default: Value; schema: z.ZodType<Value> }): Setting<Value> {
  return { default: value, parts: [partOf<Value, Value>({ ...declared, ...itself })] };
}

export const integer = (declared: Numeric & { default: number }): Setting<number> =>
  whole({ ...declared, kind: 'integer', schema: wholeNumber(declared) });

/** A share that is changed as a whole. */
export const fraction = (declared: Numeric & { default: number }): Setting<number> =>
  whole({ ...declared, kind: 'share', schema: share(declared) });

export const duration = (declared: Numeric & { default: number }): Setting<number> =>
  whole({ ...declared, kind: 'duration_ms', schema: milliseconds(declared) });

/** 0 means never, and is null in the engine. */
export const durationOrNever = ({
  default: value,
  ...declared
}: Declared & { max: number; default: number | null }): Setting<number | null> => {
  const bounds = { min: 0, max: declared.max };
  const part = partOf<number | null, number>({
    ...declared,
    ...bounds,
    kind: 'duration_ms',
    schema: milliseconds(bounds),
    read: (ms) => ms ?? 0,
    write: (_, ms) => (ms === 0 ? null : ms),
  });
  return { default: value, parts: [part] };
};

export const usd = ({ default: value, ...declared }: Numeric & { default: bigint }): Setting<bigint> => ({
  default: value,
  parts: [usdPart<bigint>({ ...declared, ...itself })],
});

export const milliseconds = (bounds: Bounds) => wholeNumber(bounds, 'a whole number of milliseconds');

function nanoUsdOf(given: number): bigint {
  return BigInt(Math.round(given * Number(nanoUsdPerUsd)));
}
