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

const replaced = (name: string, by: (file: MigrationFile) => MigrationFile[]) =>
  files.flatMap((file) => (file.name === name ? by(file) : [file]));
const second = files.map(({ name }) => name).sort()[1] ?? '';
const [first = '', other = '', ...rest] = list.split('\n');

test.each<[string, string, MigrationFile[], string]>([
  [
    'changed',
    list,
    replaced(second, (file) => [{ ...file, text: `${file.text}-- a word\n` }]),
    `${second} was changed. Restore it and write a new migration for the change.`,
  ],
  [
    'removed',
    list,
    replaced(second, () => []),
    `${second} was removed or renamed. Restore it: databases exist that it was applied to.`,
  ],
  [
    'given a number twice',
    list,
    [...files, { name: '0002-another.sql', text: 'select 1;' }],
    '0002-another.sql has the number of a committed migration. Give it the next free one.',
  ],
  [
    'listed in another order',
    [other, first, ...rest].join('\n'),
    files,
    `${first.split('  ')[1]} is listed after ${other.split('  ')[1]}. Migrations are listed in the order of their numbers.`,
  ],
])('the check finds a committed migration that is %s', (_, planted, migrations, sentence) => {
  expect(compareWithList(planted, migrations).breaches).toEqual([sentence]);
});

test('a new migration is added to the list, and no existing hash is replaced', () => {
  const added = { name: '9999-later.sql', text: 'select 1;' };
  const changed = replaced(second, (file) => [{ ...file, text: 'select 2;' }]);
  const result = compareWithList(list, [...changed, added]);
  expect(result.missing).toEqual([added.name]);
  expect(result.list.startsWith(list)).toBe(true);
  expect(result.list.slice(list.length)).toMatch(/^[0-9a-f]{64} {2}9999-later\.sql\n$/);
});
