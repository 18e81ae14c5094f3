// Compares the migrations with the committed list of their hashes; with --write, adds new ones to the list. It never
// replaces a hash: a committed migration does not change. Where the SQL functions have changed, the new migration says so; if
// there is none, --write makes one.
//
//   node scripts/freeze-migrations.ts [--write]

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { readFunctions } from '../src/store/schema/sql-functions.ts';
import {
  areFunctionsNamed,
  compareWithList,
  creatorsOfFunctions,
  type MigrationFile,
  namingFunctions,
} from './frozen-migrations.ts';

const directory = new URL('../src/store/schema/migrations/', import.meta.url);
const listPath = new URL('SHA256SUMS', directory);

export async function readMigrationFiles(): Promise<{ list: string; files: MigrationFile[] }> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql'));
  const files = await Promise.all(
    names.map(async (name) => ({ name, text: await readFile(new URL(name, directory), 'utf8') })),
  );
  return { list: await readFile(listPath, 'utf8'), files };
}

async function main(): Promise<void> {
  if (process.argv.includes('--write')) await nameFunctions();
  const { list, files } = await readMigrationFiles();
  const compared = compareWithList(list, files);
  const problems = [...compared.breaches, ...creatorsOfFunctions(files)];
  if (!areFunctionsNamed(files, await readFunctions()))
    problems.push('The SQL functions have changed, and no migration says so. Add one with --write.');
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  if (problems.length > 0) {
    process.exitCode = 1;
    return;
  }
  if (process.argv.includes('--write')) await writeFile(listPath, compared.list);
  else if (compared.missing.length > 0) {
    process.stderr.write(`Not in the list: ${compared.missing.join(', ')}. Add them with --write.\n`);
    process.exitCode = 1;
  }
}

/** In the newest migration that is not in the list yet, or in one of its own. */
async function nameFunctions(): Promise<void> {
  const { list, files } = await readMigrationFiles();
  const functions = await readFunctions();
  if (areFunctionsNamed(files, functions)) return;
  const newest = files.toSorted((one, other) => (one.name < other.name ? -1 : 1)).at(-1);
  const isNew = newest && compareWithList(list, files).missing.includes(newest.name);
  const next = String(Number.parseInt(newest?.name ?? '0', 10) + 1).padStart(4, '0');
  const { name, text } = isNew ? newest : { name: `${next}-functions.sql`, text: '' };
  await writeFile(new URL(name, directory), namingFunctions(text, functions));
}

if (import.meta.main) await main();
