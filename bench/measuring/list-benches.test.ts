import { join } from 'node:path';
import { expect, test } from 'vitest';
import { endQuickly } from '../../src/git/quick-start.fixture.ts';
import { listBenches } from './list-benches.ts';

const run = (...args: string[]) =>
  endQuickly(process.execPath, [join(import.meta.dirname, '..', 'run.ts'), ...args]);

test('each benchmark says what it measures', () => {
  const benches = listBenches();
  expect(benches.map(({ name }) => name)).toContain('pipeline');
  expect(benches.filter(({ about }) => about === '')).toEqual([]);
});

test.each([
  ['no name', [], 2],
  ['an unknown name', ['nothing'], 2],
  ['an unknown option', ['pipeline', '--fast'], 2],
  ['an option without its value', ['queue', '--orders'], 2],
  ['a request for help', ['pipeline', '--help'], 0],
] as const)('%s gets the usage and the list of benchmarks instead of a stack trace', (_, args, code) => {
  const { status, stdout, stderr } = run(...args);
  expect(status).toBe(code);
  const said = code === 0 ? stdout : stderr;
  expect(said).toContain('Usage: npm run bench -- NAME [options]');
  expect(said).toMatch(/^ {2}queue +what taking up a work order costs/m);
  expect(`${stdout}${stderr}`).not.toMatch(/^ {4}at /m);
});
