import { expect, test } from 'vitest';
import { readMigrationFiles } from '../scripts/freeze-migrations.ts';
import { compareWithList, type MigrationFile } from '../scripts/frozen-migrations.ts';

const { list, files } = await readMigrationFiles();

test('R-BASE-6: every committed migration is unchanged', () => {
  const { breaches, missing } = compareWithList(list, files);
  expect(breaches).toEqual([]);
  // If this fails, `npx node scripts/freeze-migrations.ts --write` adds the hash of a new migration.
  expect(missing).toEqual([]);
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
