// Checks that the tables in the documents and the generated files match the code, and that everything exists that documents
// refer to. With --write, updates the tables and the files.
//   node scripts/check-docs.ts [--write]

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { literalsPath, literalsText } from './classifier/literals-file.ts';
import { configJsonSchema } from './docs/config-keys.ts';
import { readDocuments } from './docs/documents.ts';
import { fillBlocks } from './docs/generated-blocks.ts';
import { generators } from './docs/generators.ts';
import { brokenReferences } from './docs/references.ts';

const rootPath = fileURLToPath(new URL('..', import.meta.url));
const mayWrite = process.argv.includes('--write');
const problems: string[] = [];
const unfilled = new Set(Object.keys(generators));

for (const { path, text } of readDocuments(rootPath)) {
  const filled = fillBlocks(text, generators);
  for (const name of filled.names) unfilled.delete(name);
  problems.push(...filled.problems.map((problem) => `${path}: ${problem}`));
  problems.push(...brokenReferences(rootPath, { path, text }).map((problem) => `${path}: ${problem}`));
  if (filled.text === text) continue;
  if (mayWrite) writeFileSync(join(rootPath, path), filled.text);
  else problems.push(`${path}: differs from the code; run: node scripts/check-docs.ts --write`);
}

const wholeFiles = [
  { path: 'docs/reference/config.schema.json', wanted: configJsonSchema() },
  { path: literalsPath, wanted: literalsText() },
];
for (const { path, wanted } of wholeFiles) {
  const file = join(rootPath, path);
  if (existsSync(file) && readFileSync(file, 'utf8') === wanted) continue;
  if (mayWrite) writeFileSync(file, wanted);
  else problems.push(`${path}: differs from the code; run: node scripts/check-docs.ts --write`);
}

for (const name of unfilled)
  problems.push(`No document has a place for ${name} of scripts/docs/generators.ts`);
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length > 0 ? 1 : 0;
