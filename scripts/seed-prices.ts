// Prints Moose's list of prices, made from the pinned price library. With --write, saves it as
// src/store/money/prices/list-prices.json, to be reviewed line by line before it is committed.
//   node scripts/seed-prices.ts [--write]

import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { readListPrices } from './read-list-prices.ts';

const path = fileURLToPath(new URL('../src/store/money/prices/list-prices.json', import.meta.url));
const formatter = fileURLToPath(new URL('../node_modules/.bin/biome', import.meta.url));

const text = `${JSON.stringify(readListPrices(), null, 2)}\n`;
if (process.argv.includes('--write')) {
  await writeFile(path, text);
  execFileSync(formatter, ['format', '--write', path]);
} else process.stdout.write(text);
