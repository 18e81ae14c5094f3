// `examples/core/core.ts`, on a real database: it kills and freezes real processes, and is judged by what it leaves.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { packageRoot } from '../../src/stdx/files/own-files.ts';
import { cloneDatabase } from '../database.ts';

const program = join(packageRoot, 'examples/core/core.ts');
const runs = 60_000;
const workOrders = 5;
const steps = ['generate', 'verify', 'publish'];

test('the core loses nothing and does nothing twice, with one worker killed and one frozen', async () => {
  const { url, drop } = await cloneDatabase('template1');
  const database = new pg.Client({ connectionString: url });
  await database.connect();
  onTestFinished(async () => {
    await database.end();
    await drop();
  });
  const { stdout } = await promisify(execFile)(process.execPath, [program, url], { timeout: runs });
  const { rows } = await database.query('select results, fence from core_work order by id');
  expect(rows.map(({ results }) => results)).toEqual(Array.from({ length: workOrders }, () => steps));
  // Two work orders were taken over: that of the killed worker, and that of the frozen one.
  expect(rows.filter(({ fence }) => fence > 1).length, stdout).toBeGreaterThanOrEqual(2);
  expect(stdout.match(/finds the effect/g)?.length, stdout).toBeGreaterThanOrEqual(2);
  const frozen = /worker (\d+) is refused/.exec(stdout)?.[1];
  expect(frozen, stdout).toBeDefined();
  expect(stdout).not.toContain(`worker ${frozen} finishes`);
  const finished = [...stdout.matchAll(/finishes (\w+ of work order \d)/g)].map(([, what]) => what);
  expect(new Set(finished).size, stdout).toBe(finished.length);
  expect(stdout).toContain(`0 work orders are wrong; there are ${workOrders * steps.length} effects`);
});

test('the core has a hundred lines, and uses no code of Moose', () => {
  const text = readFileSync(program, 'utf8');
  expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(100);
  const imported = [...text.matchAll(/from '([^']+)'/g)].map(([, from]) => from);
  expect(imported.filter((from) => !from?.startsWith('node:'))).toEqual(['pg']);
});
