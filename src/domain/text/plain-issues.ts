// What is wrong with a value, in words that follow its name: "title is empty", "limit must be at least 1". The words of the
// schema library speak of its types. They are replaced for the whole process, once this file is loaded.
import { z } from 'zod';
import { counted } from './counted.ts';

type Issue = Parameters<NonNullable<Parameters<typeof z.config>[0]>['customError'] & {}>[0];

z.config({ customError: wordsOf });

function wordsOf(issue: Issue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${named(issue.expected)}`;
    case 'too_small':
      return tooSmall(issue.origin, Number(issue.minimum), issue.inclusive !== false);
    case 'too_big':
      return tooBig(issue.origin, Number(issue.maximum), issue.inclusive !== false);
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_value':
      return `must be ${listed(issue.values)}`;
    case 'unrecognized_keys':
      return `has no ${issue.keys.map((key) => `"${key}"`).join(' and no ')}`;
    case 'invalid_format':
      return `must be ${formats[issue.format] ?? 'written in another way'}`;
    case 'invalid_union':
      return 'has none of the forms that are allowed';
    case 'invalid_key':
      return 'has a name that is not allowed';
    case 'invalid_element':
      return 'has an entry that is not allowed';
    default:
      return 'is not allowed';
  }
}

const types: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
  date: 'a time',
};
const named = (type: string) => types[type] ?? `of the type ${type}`;

const formats: Readonly<Record<string, string>> = {
  uuid: 'a whole id, as in 0192f0c4-0000-7000-8000-0000abcd1234',
  datetime: 'a time, as in 2026-01-31T12:00:00Z',
  date: 'a day, as in 2026-01-31',
  url: 'an address, as in https://example.org',
  email: 'an email address',
  json_string: 'JSON',
};

function tooSmall(origin: string, least: number, isIncluded: boolean): string {
  if (origin === 'string' && least === 1) return 'is empty';
  if (origin === 'string') return `must have at least ${counted(least, 'character')}`;
  if (origin === 'array' || origin === 'set' || origin === 'map')
    return `must have at least ${counted(least, 'entry', 'entries')}`;
  return isIncluded ? `must be at least ${least}` : `must be more than ${least}`;
}

function tooBig(origin: string, most: number, isIncluded: boolean): string {
  if (origin === 'string') return `must have at most ${counted(most, 'character')}`;
  if (origin === 'array' || origin === 'set' || origin === 'map')
    return `must have at most ${counted(most, 'entry', 'entries')}`;
  return isIncluded ? `must be at most ${most}` : `must be less than ${most}`;
}

function listed(values: readonly unknown[]): string {
  const all = values.map((value) => JSON.stringify(value));
  return all.length === 1 ? String(all[0]) : `${all.slice(0, -1).join(', ')} or ${all.at(-1)}`;
}

/** `path` is empty for the value as a whole, which is called `whole`. */
export function issueText({ path, message }: { path: string; message: string }, whole: string): string {
  const follows = /^(?:[a-z]|Must )/.test(message);
  const words = follows ? message.replace(/^M/, 'm') : message;
  return `${path === '' ? whole : path}${follows ? '' : ':'} ${words}`;
}
