// The kinds of settings that a project has, and what a row of their table says.
import { z } from 'zod';
import type { DirectorLimits } from '../limits/director-limits.ts';

/** Decides how a setting is read from the command line, and how a page edits it. */
export const projectSettingKinds = [
  'switch',
  'choice',
  'text',
  'usd',
  'duration',
  'list',
  'hosts',
  'commands',
  'checks',
  'services',
  'director',
] as const;
export type ProjectSettingKind = (typeof projectSettingKinds)[number];

/**
 * How the page of a project edits the setting; its card has all settings with the same title, in the order of the table.
 * Durations, hosts, checks and the Director's limits have no form here: the page has forms of its own, or none.
 */
export interface ProjectSettingForm {
  card: string;
  /** Absent for a switch. */
  label?: string;
  /** For a switch: what a person confirms before it is turned on. */
  help: string;
  /** Those of a switch. */
  buttons?: { on: string; off: string };
}

/** What applies to every project that sets nothing of its own. */
export interface SystemValues {
  director: DirectorLimits;
  /** Built-in hard-stop words that a setting switches off. */
  hardStopsOff: string[];
}

/** One row. `Given` is what a person sets, `Shown` what the project shows, `Stored` what is kept with the project. */
export interface ProjectSetting<Given = unknown, Shown = unknown, Stored = unknown> {
  kind: ProjectSettingKind;
  /** Of what may be given; null, which removes the setting, is allowed beside it. */
  schema: z.ZodType<Given>;
  /** Of what is shown: it accepts what an earlier Moose has stored. */
  shown: z.ZodType<Shown>;
  show(stored: Stored | undefined, system: SystemValues): Shown;
  /** What is stored instead of `now`; null: nothing. */
  store(given: Given, now: Stored | undefined): Stored | null;
  means: string;
  /** What only a person may do: the end of a sentence, and in which words the person is asked; null: anyone may. */
  person?: {
    may: string;
    widens(next: Given | null, now: Shown, project: string): string | null;
  };
  /** The option of `moose project set`, with what it takes; in brackets if that may be left out. */
  flag: `--${string}`;
  /** Of the option. */
  help: string;
  /** What the option takes if it is left out. */
  bare?: string;
  /** What `--no-NAME` does; absent: there is none. */
  offHelp?: string;
  /** The word that removes the setting. */
  unsetBy?: string;
  /** The word for an empty list, where that is not the same as no setting. */
  emptyBy?: string;
  /** The key of `.moose/config.yml` that says the same. */
  file?: string;
  /** Its name in `moose project show`; absent: it is only in the list of the values that apply. */
  line?: string;
  /** What the value means if nobody has set it, in words. */
  unset?: string;
  /** What each value means in words: of a choice, or `on` and `off` of a switch. */
  words?: Readonly<Record<string, string>>;
  form?: ProjectSettingForm;
}

type Declared<Given, Shown, Stored> = Omit<
  ProjectSetting<Given, Shown, Stored>,
  'kind' | 'schema' | 'shown' | 'show' | 'store'
>;

const kept = <Value>(given: Value): Value => given;
const orNull = <Value>(stored: Value | undefined): Value | null => stored ?? null;

/** Off unless a person turns it on. */
export const onOrOff = (
  row: Declared<boolean, boolean, boolean> & { words: { on: string; off: string } },
): ProjectSetting<boolean, boolean, boolean> => ({
  ...row,
  kind: 'switch',
  schema: z.boolean(),
  shown: z.boolean(),
  show: (stored) => stored ?? false,
  store: (given) => given || null,
});

/** One of some words, each with its meaning. */
export const choice = <Word extends string>({
  choices,
  ...row
}: Declared<Word, Word | null, Word> & {
  choices: readonly Word[];
  words: Readonly<Record<Word, string>>;
}): ProjectSetting<Word, Word | null, Word> => ({
  ...row,
  kind: 'choice',
  schema: z.enum(choices),
  shown: z.enum(choices).nullable(),
  show: orNull,
  store: kept,
});

/** The same, with a default of its own. */
export const choiceOr = <Word extends string>({
  choices,
  default: byDefault,
  ...row
}: Declared<Word, Word, Word> & {
  default: Word;
  choices: readonly Word[];
  words: Readonly<Record<Word, string>>;
}): ProjectSetting<Word, Word, Word> => ({
  ...row,
  kind: 'choice',
  schema: z.enum(choices),
  shown: z.enum(choices),
  show: (stored) => stored ?? byDefault,
  store: kept,
});

const nameCharsMax = 200;
export const name = z.string().min(1).max(nameCharsMax);

export const text = ({
  schema = name,
  ...row
}: Declared<string, string | null, string> & { schema?: z.ZodType<string> }): ProjectSetting<
  string,
  string | null,
  string
> => ({ ...row, kind: 'text', schema, shown: z.string().nullable(), show: orNull, store: kept });

const usdMax = 1_000_000;

export const dollars = (
  row: Declared<number, number | null, number>,
): ProjectSetting<number, number | null, number> => ({
  ...row,
  kind: 'usd',
  schema: z.number().positive().max(usdMax),
  shown: z.number().nullable(),
  show: orNull,
  store: kept,
});

type List = readonly string[];

/** `kind`: how its entries are written. An empty list is stored as it is. */
export const list = <Kind extends 'list' | 'hosts' | 'commands'>({
  kind,
  entry = name,
  most,
  store = (given) => [...given],
  ...row
}: Declared<List, List | null, string[]> & {
  kind: Kind;
  entry?: z.ZodType<string>;
  most: number;
  store?: (given: List) => string[] | null;
}): ProjectSetting<string[], string[] | null, string[]> => ({
  ...row,
  kind,
  schema: z.array(entry).max(most),
  shown: z.array(z.string()).nullable(),
  show: orNull,
  store,
});

/** For a list that means the same if it is empty or not set. */
export const orNothing = (given: List): string[] | null => (given.length === 0 ? null : [...given]);

/** Asks a person to turn it on. */
export const whenOn =
  (say: (project: string) => string) =>
  (next: boolean | null, now: boolean, project: string): string | null =>
    next && !now ? say(project) : null;

/** Asks a person about the entries that are new. */
export const whenAdded =
  (say: (added: string[], project: string) => string) =>
  (next: List | null, now: List | null, project: string): string | null => {
    const added = (next ?? []).filter((each) => !now?.includes(each));
    return added.length === 0 ? null : say(added, project);
  };
