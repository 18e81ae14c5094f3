// Compares the migrations with the committed list of their hashes; with --write, adds new ones to the list. It never
// replaces a hash: a committed migration does not change.
//
//   node scripts/freeze-migrations.ts [--write]

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { compareWithList, type MigrationFile } from './frozen-migrations.ts';

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
  const { list, files } = await readMigrationFiles();
  const compared = compareWithList(list, files);
  for (const breach of compared.breaches) process.stderr.write(`${breach}\n`);
  if (compared.breaches.length > 0) {
    process.exitCode = 1;
    return;
  }
  if (process.argv.includes('--write')) await writeFile(listPath, compared.list);
  else if (compared.missing.length > 0) {
    process.stderr.write(`Not in the list: ${compared.missing.join(', ')}. Add them with --write.\n`);
    process.exitCode = 1;
  }
}

if (import.meta.main) await main();
