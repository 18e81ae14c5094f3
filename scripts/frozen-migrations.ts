// Keeps released data readable: the text of a committed migration never changes, so its SHA-256 is committed too. Functions
// change in their files. A migration says each time that they did, so that an older Moose refuses the database: it would put
// its own functions back.
import { createHash } from 'node:crypto';
import { firstOfTablesOnly, type SqlFunction } from '../src/store/schema/sql-functions.ts';

export interface MigrationFile {
  name: string;
  text: string;
}

/** The output of `sha256sum`: a hash, two spaces, a file name. */
const line = /^([0-9a-f]{64}) {2}(\S+)$/;

export interface FrozenMigrations {
  /** One sentence for each committed migration that was changed. */
  breaches: string[];
  /** New migrations that are missing in the list, in their order. */
  missing: string[];
  /**
   * The list with the new migrations inserted: branches are merged in any order, and their migrations are applied in
   * any order.
   */
  list: string;
}

/** Compares the migrations with their committed list of hashes. */
export function compareWithList(list: string, files: readonly MigrationFile[]): FrozenMigrations {
  const lines = list.split('\n').filter(Boolean);
  const listed = lines.map((each) => {
    const [, hash = '', name = each] = line.exec(each) ?? [];
    return { hash, name };
  });
  const names = new Set(listed.map(({ name }) => name));
  const numbers = new Set(listed.map(({ name }) => numberOf(name)));
  const added = files.filter(({ name }) => !names.has(name)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return {
    breaches: [
      ...listed.flatMap((each, index) => breachesOf(each, listed[index - 1]?.name, files)),
      ...added
        .filter(({ name }) => numbers.has(numberOf(name)))
        .map(({ name }) => `${name} has the number of a committed migration. Give it the next free one.`),
    ],
    missing: added.map(({ name }) => name),
    list: `${[...lines, ...added.map(({ name, text }) => `${hashOf(text)}  ${name}`)].sort(byName).join('\n')}\n`,
  };
}

const numberOf = (name: string) => name.slice(0, name.indexOf('-'));
const nameIn = (each: string) => line.exec(each)?.[2] ?? '';
const byName = (one: string, other: string) => (nameIn(one) < nameIn(other) ? -1 : 1);

function breachesOf(
  { hash, name }: { hash: string; name: string },
  previous: string | undefined,
  files: readonly MigrationFile[],
): string[] {
  const file = files.find((each) => each.name === name);
  const breaches: string[] = [];
  if (!file)
    breaches.push(`${name} was removed or renamed. Restore it: databases exist that it was applied to.`);
  else if (hashOf(file.text) !== hash)
    breaches.push(`${name} was changed. Restore it and write a new migration for the change.`);
  if (previous !== undefined && name <= previous)
    breaches.push(
      `${name} is listed after ${previous}. Migrations are listed in the order of their numbers.`,
    );
  return breaches;
}

/** In the newest migration after which the functions changed: the hash of all of them. */
const functionsLine = /^-- functions [0-9a-f]{64}\n/gm;

function functionsLineOf(functions: readonly SqlFunction[]): string {
  const lines = functions.map(({ name, sql }) => `${hashOf(sql)}  ${name}\n`);
  return `-- functions ${hashOf(lines.join(''))}\n`;
}

/** The text of a new migration, which names these functions at its end. */
export function namingFunctions(text: string, functions: readonly SqlFunction[]): string {
  return `${text.replaceAll(functionsLine, '')}${functionsLineOf(functions)}`;
}

/** Whether the newest migration that names the functions means those that there are. */
export function areFunctionsNamed(
  files: readonly MigrationFile[],
  functions: readonly SqlFunction[],
): boolean {
  const sorted = files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const newest = sorted.flatMap(({ text }) => [...text.matchAll(functionsLine)]).at(-1);
  return newest?.[0] === functionsLineOf(functions);
}

const creates = /^\s*create\s+(?:or\s+replace\s+)?(?:function|procedure)\b/im;

/** Migrations that create a function, although functions are in files of their own. */
export function creatorsOfFunctions(files: readonly MigrationFile[]): string[] {
  return files
    .filter(({ name, text }) => Number(numberOf(name)) >= firstOfTablesOnly && creates.test(text))
    .map(({ name }) => `${name} creates a function. Write it into a file in src/store/schema/functions/.`);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
