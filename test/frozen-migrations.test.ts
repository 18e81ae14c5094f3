import { expect, test } from 'vitest';
import { readMigrationFiles } from '../scripts/freeze-migrations.ts';
import {
  areFunctionsNamed,
  compareWithList,
  creatorsOfFunctions,
  type MigrationFile,
  namingFunctions,
} from '../scripts/frozen-migrations.ts';
import { readFunctions } from '../src/store/schema/sql-functions.ts';

const { list, files } = await readMigrationFiles();

test('R-BASE-6: every committed migration is unchanged', () => {
  const { breaches, missing } = compareWithList(list, files);
  expect(breaches).toEqual([]);
  // If this fails, `npx node scripts/freeze-migrations.ts --write` adds the hash of a new migration.
  expect(missing).toEqual([]);
});

test('R-BASE-6: a migration names the functions as they are: an older Moose would put its own back', async () => {
  // If this fails, `npx node scripts/freeze-migrations.ts --write` adds a migration that does.
  expect(areFunctionsNamed(files, await readFunctions())).toBe(true);
});

test('no new migration creates a function', () => {
  expect(creatorsOfFunctions(files)).toEqual([]);
});

/** Two committed migrations, as planted. */
const two: MigrationFile[] = ['0001-first.sql', '0002-second.sql'].map((name) => ({
  name,
  text: `select '${name}';`,
}));
const [first = '', other = ''] = compareWithList('', two).list.split('\n');
const listOfTwo = `${first}\n${other}\n`;
const replaced = (by: (file: MigrationFile) => MigrationFile[]) =>
  two.flatMap((file) => (file.name === '0002-second.sql' ? by(file) : [file]));

test.each<[string, string, MigrationFile[], string]>([
  [
    'changed',
    listOfTwo,
    replaced((file) => [{ ...file, text: `${file.text}-- a word\n` }]),
    '0002-second.sql was changed. Restore it and write a new migration for the change.',
  ],
  [
    'removed',
    listOfTwo,
    replaced(() => []),
    '0002-second.sql was removed or renamed. Restore it: databases exist that it was applied to.',
  ],
  [
    'given a number twice',
    listOfTwo,
    [...two, { name: '0002-another.sql', text: 'select 1;' }],
    '0002-another.sql has the number of a committed migration. Give it the next free one.',
  ],
  [
    'listed in another order',
    `${other}\n${first}\n`,
    two,
    '0001-first.sql is listed after 0002-second.sql. Migrations are listed in the order of their numbers.',
  ],
])('the check finds a committed migration that is %s', (_, planted, migrations, sentence) => {
  expect(compareWithList(planted, migrations).breaches).toEqual([sentence]);
});

test('a new migration is added to the list, and no existing hash is replaced', () => {
  const added = { name: '9999-later.sql', text: 'select 1;' };
  const changed = replaced((file) => [{ ...file, text: 'select 2;' }]);
  const result = compareWithList(listOfTwo, [...changed, added]);
  expect(result.missing).toEqual([added.name]);
  expect(result.list.startsWith(listOfTwo)).toBe(true);
  expect(result.list.slice(listOfTwo.length)).toMatch(/^[0-9a-f]{64} {2}9999-later\.sql\n$/);
});

test.each<[string, string, string[]]>([
  ['9999-pay.sql', 'create table pay ();\n\ncreate function pay() returns void', ['9999-pay.sql']],
  ['9999-pay.sql', '  CREATE OR REPLACE\n  FUNCTION pay()', ['9999-pay.sql']],
  ['9999-pay.sql', 'create procedure pay()', ['9999-pay.sql']],
  ['9999-pay.sql', 'create or replace trigger pay after insert on a execute function pay()', []],
  // Those are frozen.
  ['0109-baseline.sql', 'create function pay() returns void', []],
])('a new migration that creates a function is found: %s, %s', (name, text, found) => {
  expect(creatorsOfFunctions([{ name, text }])).toEqual(
    found.map((each) => `${each} creates a function. Write it into a file in src/store/schema/functions/.`),
  );
});

test('functions that were changed, added or removed after the newest migration that names them are found', () => {
  const one = { name: 'one', sql: 'create or replace function one() returns integer' };
  const other = { name: 'other', sql: 'create or replace function other() returns integer' };
  const named = [...two, { name: '0003-functions.sql', text: namingFunctions('', [one, other]) }];
  const changed = { ...other, sql: 'create or replace function other() returns text' };
  expect(areFunctionsNamed(named, [one, other])).toBe(true);
  for (const functions of [[one], [one, changed], [one, other, { ...one, name: 'third' }]])
    expect(areFunctionsNamed(named, functions)).toBe(false);
  expect(areFunctionsNamed(two, [one, other])).toBe(false);
  // A later migration names them again; one that was not committed yet names them once.
  const later = namingFunctions(namingFunctions('select 1;\n', [one, other]), [one, changed]);
  expect(later).toMatch(/^select 1;\n-- functions [0-9a-f]{64}\n$/);
  const renamed = [...named, { name: '0004-later.sql', text: later }];
  expect(areFunctionsNamed(renamed, [one, changed])).toBe(true);
  expect(areFunctionsNamed(renamed, [one, other])).toBe(false);
});
