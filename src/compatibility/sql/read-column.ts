// The definition of one column.
import type { Word } from './split-sql.ts';
import { Words } from './split-sql.ts';

export interface Column {
  type: string;
  mayBeNull: boolean;
  /** Whether a row can be inserted without a value for it. */
  hasDefault: boolean;
}

/** Words that end the type of a column. */
const afterType: ReadonlySet<string> = new Set([
  ...[
    'not',
    'null',
    'default',
    'primary',
    'unique',
    'references',
    'check',
    'constraint',
    'generated',
    'collate',
  ],
  ...['comment', 'auto_increment', 'autoincrement', 'identity', 'first', 'after', 'as', 'on', 'key', 'using'],
]);

export function readColumn(words: readonly Word[]): Column {
  const type = readType(words);
  const rest = new Words(words);
  let mayBeNull = true;
  let hasDefault = /^(?:small|big)?serial/.test(type);
  while (!rest.isAtEnd) {
    if (rest.take('not', 'null') || rest.take('primary', 'key')) mayBeNull = false;
    else if (rest.takeAny('default', 'generated', 'auto_increment', 'autoincrement', 'identity', 'as')) {
      hasDefault = true;
      // The value of a default does not matter, and may contain any word.
      if (rest.peek() === '(') rest.next();
    } else rest.next();
  }
  return { type, mayBeNull: mayBeNull && !/^(?:small|big)?serial/.test(type), hasDefault };
}

export function readType(words: readonly Word[]): string {
  const type: string[] = [];
  for (const { text, isQuoted } of words) {
    if (!isQuoted && afterType.has(text.toLowerCase())) break;
    type.push(text.toLowerCase());
  }
  return plainType(type.join(' '));
}

const otherNames: Readonly<Record<string, string>> = {
  int: 'integer',
  int4: 'integer',
  int8: 'bigint',
  int2: 'smallint',
  bool: 'boolean',
  float8: 'double precision',
  float4: 'real',
  timestamptz: 'timestamp with time zone',
  'timestamp without time zone': 'timestamp',
  decimal: 'numeric',
  serial: 'serial',
  serial4: 'serial',
  serial8: 'bigserial',
};

function plainType(text: string): string {
  const type = text
    .replace(/ ?\( ?/g, '(')
    .replace(/ ?, ?/g, ',')
    .replace(/ \)/g, ')')
    .replace(/ ?\[ ?\]/g, '[]')
    .replace(/^character varying/, 'varchar')
    .replace(/^character/, 'char');
  const [, name = type, rest = ''] = /^([^([]+)(.*)$/.exec(type) ?? [];
  return `${otherNames[name.trim()] ?? name.trim()}${rest}`;
}

const wider: readonly (readonly string[])[] = [
  ['smallint', 'integer', 'bigint', 'numeric'],
  ['smallserial', 'serial', 'bigserial'],
  ['real', 'double precision'],
  ['tinytext', 'text', 'mediumtext', 'longtext'],
  ['date', 'timestamp'],
  ['json', 'jsonb'],
];

/** Whether the new type can hold every value of the old one. */
export function isWider(before: string, after: string): boolean {
  if (before === after) return true;
  if (wider.some((row) => row.includes(before) && row.indexOf(after) > row.indexOf(before))) return true;
  const [was, is] = [sized(before), sized(after)];
  const isText = was.name === 'varchar' || was.name === 'char';
  if (isText && after === 'text') return true;
  if (isText && is.name === 'varchar') return is.sizes.length === 0 || atMost(was.sizes, is.sizes);
  if (was.name !== is.name) return false;
  if (is.sizes.length === 0) return true;
  if (was.name === 'numeric') return isWiderNumber(was.sizes, is.sizes);
  return atMost(was.sizes, is.sizes);
}

/** The number of digits before and after the point. */
function isWiderNumber([was = 0, wasScale = 0]: number[], [is = 0, isScale = 0]: number[]): boolean {
  return was > 0 && isScale >= wasScale && is - isScale >= was - wasScale;
}

const atMost = (was: readonly number[], is: readonly number[]) =>
  was.length > 0 && was.length === is.length && was.every((size, at) => size <= (is[at] ?? 0));

function sized(type: string): { name: string; sizes: number[] } {
  const [, name = type, sizes] = /^([^(]+)\(([\d,]+)\)$/.exec(type) ?? [];
  return { name, sizes: sizes?.split(',').map(Number) ?? [] };
}
