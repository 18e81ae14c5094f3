// Runs one benchmark: node bench/run.ts NAME [--json] [--quick] [--table FILE] [--orders N]
//   [--machines N,N]
// Exit code 0: it was measured and met its goals; 1: it did not meet them, or could not be measured; 2: unknown
// benchmark.

import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Bench } from './measuring/bench.ts';
import { linesOf } from './measuring/lines.ts';

const options = {
  json: { type: 'boolean', default: false },
  quick: { type: 'boolean', default: false },
  table: { type: 'string' },
  orders: { type: 'string' },
  machines: { type: 'string' },
} as const;
const { values, positionals } = parseArgs({ options, allowPositionals: true });
const [name = ''] = positionals;

if (!benchNames().includes(name)) {
  const what = name === '' ? 'Name a benchmark' : `There is no benchmark "${name}"`;
  process.stderr.write(`${what}. There are: ${benchNames().join(', ')}.\n`);
  process.exitCode = 2;
} else {
  await measure(name);
}

async function measure(name: string): Promise<void> {
  // Stdout is only for the document: output of libraries goes to stderr.
  const print = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr);
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  const { bench }: { bench: Bench } = await import(new URL(`./${name}.ts`, import.meta.url).href);
  const note = (line: string) => void process.stderr.write(`${line}\n`);
  const { quick, table, orders, machines } = values;
  const given = {
    isQuick: quick,
    signal: interrupted.signal,
    note,
    ...(table === undefined ? {} : { table }),
    ...(orders === undefined ? {} : { orders: Number(orders) }),
    ...(machines === undefined ? {} : { machines: machines.split(',').map(Number) }),
  };
  const { figures, goals } = await bench.run(given);
  const document = { name, figures, goals, holds: Object.values(goals).every(({ holds }) => holds) };
  const text = values.json ? JSON.stringify(document, null, 2) : linesOf(bench.about, document).join('\n');
  print(`${text}\n`);
  process.exitCode = document.holds ? 0 : 1;
}

/** The names of the files in this folder, except this one. The folders contain their parts. */
function benchNames(): string[] {
  return readdirSync(import.meta.dirname)
    .filter((file) => /^[a-z0-9-]+\.ts$/.test(file) && file !== 'run.ts')
    .map((file) => file.replace(/\.ts$/, ''))
    .sort();
}
