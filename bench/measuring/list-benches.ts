// The benchmarks, with what they measure. Read from their text, because loading all of them takes seconds.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const folder = dirname(import.meta.dirname);

export interface ListedBench {
  name: string;
  about: string;
}

/** One for each file in the folder of benchmarks, except `run.ts`. The folders contain their parts. */
export function listBenches(): ListedBench[] {
  return readdirSync(folder)
    .filter((file) => /^[a-z0-9-]+\.ts$/.test(file) && file !== 'run.ts')
    .map((file) => ({ name: file.replace(/\.ts$/, ''), about: aboutIn(join(folder, file)) }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

function aboutIn(path: string): string {
  const [, about = ''] = /^ {2}about:\s*'((?:[^'\\\n]|\\.)*)'/m.exec(readFileSync(path, 'utf8')) ?? [];
  return about.replaceAll(/\\(.)/g, '$1');
}

/** How to run a benchmark. */
export function usageLines(benches: readonly ListedBench[]): string[] {
  const width = Math.max(...benches.map(({ name }) => name.length));
  return [
    'Usage: npm run bench -- NAME [options]',
    '',
    'Options:',
    '  --quick            fewer rounds: enough to see that the benchmark runs, not for results',
    '  --json             print the result as JSON',
    '  --table FILE       learning: a table of outcomes; crash-matrix: where the cells are stored',
    '  --orders N         learning-month, queue, restart, scale-out: the number of work orders',
    '  --machines N,N     scale-out: the numbers of machines',
    '  --engines A,B      queue-engines: which engines',
    '  --parts A,B        queue-engines, cost: which measurements; green: which ecosystems or projects',
    '  --corpus DIR       green: other changes than the kept ones, in folders of the same form',
    '  --help             show this',
    '',
    'Benchmarks, with what they measure:',
    ...benches.map(({ name, about }) => `  ${name.padEnd(width)}  ${about}`),
  ];
}
