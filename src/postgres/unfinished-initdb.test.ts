// fear: a killed initdb blocks every later start, or the cleanup after it removes somebody's data.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ConfigurationError } from '../domain/failure.ts';
import { until } from '../stdx/async/until.fixture.ts';
import { query, quick, scratch, scratchWithCluster, starter } from './scratch.fixture.ts';
import { startEmbedded } from './start/start-embedded.ts';

test('an initdb that was killed in the middle is cleaned up and run again', async () => {
  const directory = join(scratch(), 'embedded');
  const killed = starter({ directory, settings: quick });
  await until('initdb', () =>
    drafts(directory).some((name) => existsSync(join(directory, name, 'data', 'global'))),
  );
  process.kill(-(killed.child.pid ?? 0), 'SIGKILL');
  await killed.exited;
  expect(existsSync(join(directory, 'data'))).toBe(false);
  expect(drafts(directory)).toHaveLength(1);

  const server = await startEmbedded({ directory, settings: quick });
  expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(drafts(directory)).toEqual([]);
  await server.stop();
});

test('an initdb that outlives its killed starter does not disturb the next start', async () => {
  const directory = join(scratch(), 'embedded');
  const killed = starter({ directory, settings: quick });
  await until('initdb', () => drafts(directory).length > 0);
  process.kill(killed.child.pid ?? 0, 'SIGKILL');
  const server = await startEmbedded({ directory, settings: quick });
  expect(await query(server.url, 'SELECT count(*)::int > 0 AS ok FROM pg_class')).toEqual([{ ok: true }]);
  await server.stop();
});

test('a finished cluster is never removed, even next to an unfinished one', async () => {
  const directory = await scratchWithCluster();
  const first = await startEmbedded({ directory, settings: quick });
  await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS one');
  await first.stop();
  mkdirSync(join(directory, 'unfinished-AbCdEf', 'data'), { recursive: true });
  const second = await startEmbedded({ directory, settings: quick });
  expect(await query(second.url, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
  await second.stop();
});

test.for([
  ['files of somebody else', (data: string) => writeFileSync(join(data, 'thesis.txt'), 'years of work')],
  ['half a cluster', (data: string) => writeFileSync(join(data, 'PG_VERSION'), '18\n')],
] as const)('a data directory with %s is refused and left unchanged', async ([, fill]) => {
  const directory = scratch();
  const data = join(directory, 'data');
  mkdirSync(data);
  fill(data);
  const before = readdirSync(data);
  const failure = await startEmbedded({ directory, settings: quick }).catch((cause) => cause);
  expect(failure).toBeInstanceOf(ConfigurationError);
  expect(failure).toMatchObject({ code: 'EMBEDDED_DATA_FOREIGN', advice: expect.stringContaining(data) });
  expect(readdirSync(data)).toEqual(before);
});

test('data of another major version of PostgreSQL is refused with a full sentence', async () => {
  const directory = await scratchWithCluster();
  const data = join(directory, 'data');
  writeFileSync(join(data, 'PG_VERSION'), '17\n');
  const before = execFileSync('ls', ['-lR', data], { encoding: 'utf8' });
  const failure = await startEmbedded({ directory, settings: quick }).catch((cause) => cause);
  expect(failure).toBeInstanceOf(ConfigurationError);
  expect(failure.code).toBe('EMBEDDED_VERSION_MISMATCH');
  expect(failure.message).toBe(
    `The data in ${data} was created by PostgreSQL 17; this Moose includes PostgreSQL 18, which cannot read it.`,
  );
  expect(execFileSync('ls', ['-lR', data], { encoding: 'utf8' })).toBe(before);
});

test('a lost password file without data is simply created again', async () => {
  const directory = join(scratch(), 'embedded');
  mkdirSync(directory);
  writeFileSync(join(directory, 'password'), 'kept-from-a-killed-start', { mode: 0o600 });
  const first = await startEmbedded({ directory, settings: quick });
  expect(first.url).toContain('kept-from-a-killed-start');
  await first.stop();
  rmSync(join(directory, 'data'), { recursive: true });
  rmSync(join(directory, 'password'));
  const second = await startEmbedded({ directory, settings: quick });
  expect(second.url).toContain(readFileSync(join(directory, 'password'), 'utf8'));
  await second.stop();
});

function drafts(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory).filter((name) => name.startsWith('unfinished-'));
}
