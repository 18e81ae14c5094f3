// Builds the catalogue of errors of a room: what each code says, what to do about it, and of which kind it is. A
// `{word}` in a message or an advice is filled in when the error is raised; only names of variables count as words, so
// that JSON may stand in a text.
import {
  ConfigurationError,
  ExternalServiceError,
  type FailureCategory,
  type MooseError,
  type MooseErrorFields,
  PermanentError,
  TransientError,
} from './failure.ts';

type Said = 'code' | 'message' | 'advice';
type Judged = 'severity' | 'failureClass' | 'type' | 'recoverability' | 'retryable';

export interface Texts {
  message: string;
  advice?: string;
  /** For the reference of errors: the texts that are made only when the error is raised. */
  reference?: { message?: string; advice?: string };
}

export type FailureEntry = Texts & {
  /** What programs and documents refer to. If absent, it is the key of the entry. */
  code?: string;
} & Pick<MooseErrorFields, Judged> &
  ({ kind: Exclude<FailureCategory, 'configuration'> } | { kind: 'configuration'; advice: string });

/** What only the raising code knows. What it says about severity and class wins over the entry. */
export interface RaisedFacts extends Omit<MooseErrorFields, Said | 'component'> {
  /** The component, if the room of the catalogue only names an error that happened in another one. */
  happenedIn?: string;
}

const classes = {
  transient: TransientError,
  permanent: PermanentError,
  configuration: ConfigurationError,
  external: ExternalServiceError,
} as const;

type NotInNames = ' ' | '"' | "'" | ':' | ',' | '.' | '{' | '$' | '-' | '/' | '`' | '…' | '[' | '(';

type WordsIn<Text extends string | undefined> = Text extends `${string}{${infer After}`
  ? After extends `${infer Word}}${infer Rest}`
    ? Word extends '' | `${string}${NotInNames}${string}`
      ? WordsIn<After>
      : Word | WordsIn<Rest>
    : never
  : never;

type WordsOf<Entry extends Texts> = WordsIn<Entry['message'] | Entry['advice']>;
type Filled<Entry extends Texts> = Readonly<Record<WordsOf<Entry>, string | number>>;
type WithWords<Entry extends Texts, Before extends unknown[]> = [WordsOf<Entry>] extends [never]
  ? Before
  : [...Before, words: Filled<Entry>];

/** What was tried, or more that is known about it. */
type Facts = string | RaisedFacts;

/** Builds the error. `entry` is what the catalogue says about it. */
export type Raise<Entry extends FailureEntry = FailureEntry> = ((
  ...given: WithWords<Entry, [facts: Facts]>
) => InstanceType<(typeof classes)[Entry['kind']]>) & { readonly entry: Listed<FailureEntry> };

export type Listed<Entry extends Texts> = Entry & { code: string; room: string };

export type Tell<Entry extends Texts = Texts> = ((
  ...given: WithWords<Entry, []>
) => { code: string } & Record<Extract<keyof Entry, 'message' | 'advice'>, string>) & {
  readonly entry: Listed<Texts>;
};

/** `room` is the component of every error of the catalogue: the folder of `src`, or of `src/engine`, that raises it. */
export function catalogue<const Entries extends Readonly<Record<string, FailureEntry>>>(
  room: string,
  entries: Entries,
): { readonly [Key in keyof Entries]: Raise<Entries[Key]> } {
  const raises = Object.entries(entries).map(([key, given]) => {
    const entry = { ...given, code: given.code ?? key, room };
    const raise = (facts: Facts, words?: Words) => {
      const error = build(entry, facts, words);
      Error.captureStackTrace(error, raise);
      return error;
    };
    return [key, Object.assign(raise, { entry })];
  });
  return Object.fromEntries(raises);
}

/** Codes that are told as alerts and problems, and never raised. */
export function findings<const Entries extends Readonly<Record<string, Texts & { code?: string }>>>(
  room: string,
  entries: Entries,
): { readonly [Key in keyof Entries]: Tell<Entries[Key]> } {
  const tells = Object.entries(entries).map(([key, given]) => {
    const entry = { ...given, code: given.code ?? key, room };
    return [key, Object.assign((words: Words = {}) => told(entry, words), { entry })];
  });
  return Object.fromEntries(tells);
}

function told({ code, message, advice }: Listed<Texts>, words: Words) {
  const said = { code, message: fill(message, words) };
  return advice === undefined ? said : { ...said, advice: fill(advice, words) };
}

/** What a class of errors that others recognise hands to its base, from its entry. */
export function fieldsOf<Given extends unknown[]>(
  { entry }: { (facts: Facts, ...words: Given): MooseError; readonly entry: Listed<FailureEntry> },
  facts: Facts,
  ...[words]: Given
): MooseErrorFields {
  return filledIn(entry, facts, words as Words | undefined);
}

function build(entry: Listed<FailureEntry>, facts: Facts, words?: Words): MooseError {
  const { advice = '', ...fields } = filledIn(entry, facts, words);
  if (entry.kind === 'configuration') return new ConfigurationError({ ...fields, advice });
  return new classes[entry.kind](entry.advice === undefined ? fields : { ...fields, advice });
}

function filledIn(
  { kind: _kind, reference: _reference, code, message, advice, room, ...judged }: Listed<FailureEntry>,
  given: Facts,
  words: Words = {},
): MooseErrorFields {
  const { happenedIn = room, ...facts } = typeof given === 'string' ? { operation: given } : given;
  return {
    ...judged,
    ...facts,
    code,
    component: happenedIn,
    message: fill(message, words),
    ...(advice === undefined ? {} : { advice: fill(advice, words) }),
  };
}

type Words = Readonly<Record<string, string | number>>;

const placeholder = /\{([A-Za-z]\w*)\}/g;

function fill(text: string, words: Words): string {
  return text.replaceAll(placeholder, (whole, name: string) => `${words[name] ?? whole}`);
}
