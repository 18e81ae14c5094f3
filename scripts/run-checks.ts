// Runs all checks of `npm run check`, two at a time, and prints the whole output of each that fails.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const root = join(import.meta.dirname, '..');
const houseRules = ['architecture', 'wire-shapes', 'tidy', 'lint-rules', 'frozen-migrations'];

/** The longest first. One checker of types: more of them repeat each other's work, and took twice the computing time. */
const checks: Readonly<Record<string, readonly string[]>> = {
  types: ['tsc', '--noEmit', '--checkers', '1'],
  'format and lint': ['biome', 'check', '.'],
  'house rules': ['vitest', 'run', '--project', 'unit', ...houseRules.map((name) => `test/${name}.test.ts`)],
  'types of the pages': ['tsc', '--noEmit', '-p', 'web', '--checkers', '1'],
  'unused code': ['knip', '--no-config-hints'],
  'unused code of what is installed': ['knip', '--production', '--no-config-hints'],
  documents: ['node', 'scripts/check-docs.ts'],
};

const waiting = Object.entries(checks);
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, runThose));

/** Takes the next check until there is none left. */
async function runThose(): Promise<void> {
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const [name, command] = next;
    const { code, output } = await run(command);
    if (code === 0) process.stdout.write(`✓ ${name}\n`);
    else {
      process.stdout.write(`✗ ${name}: ${command.join(' ')}\n\n${output}\n`);
      process.exitCode = 1;
    }
  }
}

async function run([program = '', ...args]: readonly string[]): Promise<{
  code: number | null;
  output: string;
}> {
  // `npm run` puts the programs of the project, and its Node, first on the path.
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [out, said, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, output: `${out}${said}`.trim() };
}
