import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { compiledCode } from '../../../test/compiled-code.ts';
import { testDatabase } from '../../../test/database.ts';
import { mooseProgram } from '../../../test/moose-program.ts';
import { addToken, newToken } from '../../store/access/api-tokens.ts';

test('R-DIST-3: a worker with a port answers probes and scrapes, nothing else, and ends well on TERM', async () => {
  const database = await testDatabase();
  const directory = await mkdtemp(join(tmpdir(), 'moose-worker-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const worker = spawn(process.execPath, [mooseProgram, 'worker', '--port', '0', '--json'], {
    env: {
      ...compiledCode,
      PATH: process.env.PATH,
      HOME: directory,
      MOOSE_DATA: directory,
      MOOSE_DATABASE_URL: database.url,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(worker, 'exit');
  onTestFinished(async () => {
    worker.kill('SIGKILL');
    await ended;
  });
  const lines = createInterface(worker.stdout)[Symbol.asyncIterator]();
  const event = async () =>
    JSON.parse((await lines.next()).value ?? 'null') as { event: string; url: string };
  const { url, event: first } = await event();
  expect(first).toBe('worker.listening');
  expect((await event()).event).toBe('worker.started');
  const get = (path: string, headers: Record<string, string> = {}) => fetch(`${url}${path}`, { headers });
  const ready = await get('/readyz');
  expect([ready.status, await ready.json()]).toMatchObject([200, { worker: 'working' }]);
  expect((await get('/metrics')).status).toBe(401);
  const token = newToken();
  await addToken(database.query, token, { name: 'prometheus', role: 'viewer', createdBy: 'test' });
  const authorization = `Bearer ${token}`;
  expect(await (await get('/metrics', { authorization })).text()).toContain('moose_executors');
  for (const path of ['/api/work-orders', '/api/openapi.json', '/'])
    expect((await get(path, { authorization })).status, path).toBe(404);
  const second = ['worker', '--port', new URL(url).port, '--data', join(directory, 'second')];
  const taken = spawnSync(process.execPath, [mooseProgram, ...second], {
    env: { ...compiledCode, PATH: process.env.PATH, HOME: directory, MOOSE_DATABASE_URL: database.url },
    encoding: 'utf8',
  });
  expect([taken.status, taken.stderr]).toEqual([1, expect.stringContaining('[PORT_TAKEN]')]);
  worker.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});
