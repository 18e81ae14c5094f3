// fear: a killed Moose takes its database with it, or leaves one behind that the next Moose cannot use.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  existsSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { until } from '../stdx/async/until.fixture.ts';
import {
  postmasterOf,
  processesBelow,
  query,
  quick,
  scratchWithCluster,
  starter,
} from './scratch.fixture.ts';
import { startEmbedded } from './start/start-embedded.ts';

// A stop takes 250 ms on an idle machine; a start takes seconds.
const stopMsMax = 2_000;

test('the server outlives its killed process group and is adopted with everything that was committed', async () => {
  const directory = await scratchWithCluster();
  const parent = starter({ directory, settings: quick });
  const { port, url } = await parent.said();
  await query(url, 'CREATE TABLE kept AS SELECT 1 AS one');
  const pid = postmasterOf(directory);
  process.kill(-(parent.child.pid ?? 0), 'SIGKILL');
  await parent.exited;

  const server = await startEmbedded({ directory, settings: quick });
  expect(server).toMatchObject({ wasAdopted: true, port, url });
  expect(postmasterOf(directory)).toBe(pid);
  expect(await query(server.url, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
  expect(await server.release()).toBe('stopped');
});

test('a start after a SIGKILL of the server waits for its old backends', async () => {
  const { directory, backend } = await serverKilledBesideBusyBackend();
  const starting = startEmbedded({ directory, settings: quick });
  await until('PostgreSQL refuses to start while the backend lives', () => refusals(directory) >= 2);
  process.kill(backend, 'SIGKILL');
  const server = await starting;
  expect(server.wasAdopted).toBe(false);
  expect(await query(server.url, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
  await server.stop();
});

test('waiting for old backends ends immediately when it is aborted', async () => {
  const { directory, backend } = await serverKilledBesideBusyBackend();
  const abort = new AbortController();
  const starting = startEmbedded({ directory, settings: quick, signal: abort.signal }).catch((e) => e);
  await until('PostgreSQL refuses to start while the backend lives', () => refusals(directory) >= 1);
  const abortedAtMs = performance.now();
  abort.abort(new Error('enough'));
  expect(await starting).toBe(abort.signal.reason);
  expect(performance.now() - abortedAtMs).toBeLessThan(stopMsMax);
  process.kill(backend, 'SIGKILL');
});

test('a start while the server is stopping waits and starts it again', async () => {
  const directory = await scratchWithCluster();
  const first = await startEmbedded({ directory, settings: quick });
  process.kill(postmasterOf(directory), 'SIGINT');
  const second = await startEmbedded({ directory, settings: quick });
  expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await second.stop();
  expect(await first.release()).toBe('stopped');
});

test('a PID that now belongs to another program of the same account does not block the start', async () => {
  const directory = await scratchWithCluster();
  const data = join(directory, 'data');
  const { uid, gid } = statSync(data);
  const account = process.getuid?.() === 0 ? { uid, gid } : {};
  const other = spawn('sleep', ['60'], { ...account, stdio: 'ignore', cwd: '/' });
  onTestFinished(() => void other.kill());
  await once(other, 'spawn');
  const stale = join(data, 'postmaster.pid');
  writeFileSync(stale, `${other.pid}\n${data}\n1700000000\n5432\n\n127.0.0.1\n  1 1\nready   \n`, {
    mode: 0o600,
  });
  chownSync(stale, uid, gid);

  const server = await startEmbedded({ directory, settings: quick });
  expect(server.wasAdopted).toBe(false);
  expect(existsSync(`${stale}.stale`)).toBe(true);
  expect(other.exitCode).toBe(null);
  await server.stop();
});

test('data that was moved to another disk behind a link is found, served and adopted', async () => {
  const directory = await scratchWithCluster();
  const moved = join(directory, '..', 'moved');
  renameSync(join(directory, 'data'), moved);
  symlinkSync(moved, join(directory, 'data'));
  const first = await startEmbedded({ directory, settings: quick });
  const second = await startEmbedded({ directory, settings: quick });
  expect([first.wasAdopted, second.wasAdopted]).toEqual([false, true]);
  await second.stop();
});

test('release counts on the new server after a crash and restart', async () => {
  const directory = await scratchWithCluster();
  const first = await startEmbedded({ directory, settings: quick });
  const killed = postmasterOf(directory);
  process.kill(killed, 'SIGKILL');
  await until('the server is gone', () => !processesBelow(directory).includes(killed));
  const second = await startEmbedded({ directory, settings: quick });
  expect(second.wasAdopted).toBe(false);
  expect(await first.release()).toBe('left running');
  expect(await second.release()).toBe('stopped');
});

test('data without its password file is refused with advice', async () => {
  const directory = await scratchWithCluster();
  writeFileSync(join(directory, 'password'), '');
  const start = startEmbedded({ directory, settings: quick });
  await expect(start).rejects.toMatchObject({
    code: 'EMBEDDED_PASSWORD_MISSING',
    advice: expect.stringContaining('password'),
  });
});

test('a password that does not fit the data is refused with advice', async () => {
  const directory = await scratchWithCluster();
  const server = await startEmbedded({ directory, settings: quick });
  writeFileSync(join(directory, 'password'), 'another');
  const start = startEmbedded({ directory, settings: quick });
  await expect(start).rejects.toMatchObject({ code: 'EMBEDDED_PASSWORD_REFUSED' });
  await server.stop();
});

/** Kills the server next to a busy backend. The backend outlives its server, like one in a long query. */
async function serverKilledBesideBusyBackend(): Promise<{ directory: string; backend: number }> {
  const directory = await scratchWithCluster();
  const parent = starter({ directory, settings: { ...quick, max_parallel_workers_per_gather: '0' } });
  const { url } = await parent.said();
  await query(url, 'CREATE TABLE kept AS SELECT 1 AS one');
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
  const backend = Number(rows[0]?.pid);
  const ended = client
    .query('DO $$ DECLARE i bigint := 0; BEGIN WHILE i >= 0 LOOP i := i + 1; END LOOP; END $$')
    .catch(() => {});
  onTestFinished(async () => void (await ended));
  await until('the backend computes', async () => {
    const [row] = await query(url, `SELECT state FROM pg_stat_activity WHERE pid = ${backend}`);
    return row?.state === 'active';
  });
  const postmaster = postmasterOf(directory);
  process.kill(postmaster, 'SIGKILL');
  await until('the server is gone', () => !processesBelow(directory).includes(postmaster));
  process.kill(parent.child.pid ?? 0, 'SIGKILL');
  await parent.exited;
  return { directory, backend };
}

function refusals(directory: string): number {
  return readFileSync(join(directory, 'server.log'), 'utf8').split('F0001 FATAL').length - 1;
}
