// What keeps Moose from opening or serving: each case ends with an error, and leaves nothing open.
import { statSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { cloneDatabase } from '../../test/database.ts';
import { messagesIn } from '../durable/messages.fixture.ts';
import { openDatabase } from '../store/database.ts';
import { updateRun } from '../store/work/runs/runs.ts';
import { aWorkOrderAtWork } from '../store/work/scratch-rows.fixture.ts';
import { openMoose } from './compose.ts';
import { readConfig } from './config/config.ts';
import { serve } from './serve.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'moose-compose-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

function configAt(dataDirectory: string, databaseUrl?: string) {
  const env = { PATH: process.env.PATH, HOME: root, MOOSE_ACTOR: 'ada', ANTHROPIC_API_KEY: 'none' };
  return readConfig(databaseUrl ? { ...env, MOOSE_DATABASE_URL: databaseUrl } : env, { data: dataDirectory });
}

test('a command where no Moose has run says so, and creates no database', async () => {
  const data = join(root, 'empty');
  await expect(openMoose(configAt(data), undefined, 'use')).rejects.toMatchObject({ code: 'DATABASE_EMPTY' });
  expect(await readdir(data).catch(() => [])).not.toContain('postgres');
});

test('a data directory that cannot be created is named in the error', async () => {
  const data = join('/proc', 'moose-data');
  await expect(openMoose(configAt(data))).rejects.toThrow(data);
});

test.each(['a file', 'a link to itself'])(
  'a data directory that is %s is named in the error',
  async (what) => {
    const data = join(root, what);
    if (what === 'a file') await writeFile(data, '');
    else await symlink(data, data);
    await expect(openMoose(configAt(data))).rejects.toMatchObject({ code: 'DATA_NOT_A_DIRECTORY' });
  },
);

test('fear: a data directory to whose remotes nothing can be pushed is noticed when an agent was paid', async () => {
  for (const name of ['a\nb', 'a\tb', 'a\u007fb'])
    await expect(openMoose(configAt(join(root, name)))).rejects.toMatchObject({
      code: 'DATA_PATH_INVALID',
      message: expect.stringMatching(/^[^\p{Cc}]+$/u),
    });
});

test('fear: folders of sessions belong to the group of the folder around them, with a mode that sessions may not set', async () => {
  const cloned = await cloneDatabase();
  onTestFinished(cloned.drop);
  const data = join(root, 'grouped');
  await mkdir(data);
  await chmod(data, 0o2711);
  await mkdir(join(data, 'worktrees'), { mode: 0o700 });
  const moose = await openMoose(configAt(data, cloned.url));
  await moose.close();
  const modes = [data, join(data, 'worktrees')].map((path) => statSync(path).mode & 0o7777);
  expect(modes).toEqual([0o711, 0o700]);
});

test('fear: a command changes the tables of an older engine under a running Moose', async () => {
  const cloned = await cloneDatabase();
  onTestFinished(cloned.drop);
  const database = openDatabase(cloned.url, { connectionsMax: 1 });
  await sql`delete from system_config where key = 'durable.engine_version'`.execute(database.query);
  await database.close();
  const config = configAt(join(root, 'older'), cloned.url);
  await expect(openMoose(config, undefined, 'use')).rejects.toMatchObject({ code: 'SCHEMA_TOO_OLD' });
});

test('R-BASE-6: fear: an upgrade from the engine before loses the runs that were in its queue', async () => {
  const cloned = await cloneDatabase();
  onTestFinished(cloned.drop);
  const database = openDatabase(cloned.url, { connectionsMax: 1 });
  const [waiting, carried, later, held, over] = [
    await aWorkOrderAtWork(database),
    await aWorkOrderAtWork(database),
    await aWorkOrderAtWork(database),
    await aWorkOrderAtWork(database),
    await aWorkOrderAtWork(database),
  ];
  const wakeAt = new Date(Date.now() + 3_600_000);
  await updateRun(database.query, carried.runId, { executor: 'before', leg: 2 });
  await updateRun(database.query, later.runId, { executor: 'before', leg: 1, wakeAt });
  await updateRun(database.query, over.runId, { state: 'ended', endedAt: new Date() });
  await sql`update work_orders set held_by = 'human:ada', held_at = now() where id = ${held.workOrderId}`.execute(
    database.query,
  );
  await sql`drop schema moose_queue cascade`.execute(database.query);
  await sql`update system_config set value = '"5.3.0"' where key = 'durable.engine_version'`.execute(
    database.query,
  );
  const opened = await openMoose(configAt(join(root, 'upgraded'), cloned.url));
  await opened.close();
  expect(await messagesIn(database.query)).toEqual(
    [`${waiting.runId}:0`, `${carried.runId}:2`, `${later.runId}:1 later`].sort(),
  );
  await database.close();
});

test('fear: a server that cannot start, or cannot say where it is, keeps its port or its feed', async () => {
  const cloned = await cloneDatabase();
  const data = join(root, 'served');
  await mkdir(data);
  const config = configAt(data, cloned.url);
  const opened = await openMoose(config);
  const taken = createServer();
  onTestFinished(async () => {
    taken.close();
    await opened.close();
    await cloned.drop();
  });
  const port = await new Promise<number>((resolve) => {
    taken.listen(0, '127.0.0.1', () => resolve((taken.address() as { port: number }).port));
  });
  const given = { version: '0.0.0', worker: () => null };
  await expect(serve(opened, config, { ...given, port })).rejects.toThrow(String(port));
  await mkdir(join(data, 'api-address'));
  await expect(serve(opened, config, { ...given, port: 0 })).rejects.toMatchObject({ code: 'EISDIR' });
  await rm(join(data, 'api-address'), { recursive: true });
  const serving = await serve(opened, config, { ...given, port: 0 });
  expect((await fetch(`${serving.url}/healthz`)).status).toBe(200);
  await serving.close();
});
