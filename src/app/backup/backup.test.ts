// A backup is a complete copy of one moment, and a restored copy reports what it lacks (R-DIST-5).
import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gitIn } from '../../git/scratch-repository.fixture.ts';
import { openDatabase } from '../../store/database.ts';
import { effectsOf } from '../../store/work/sessions/effects.ts';
import { sessionsOf } from '../../store/work/sessions/session-rows.ts';
import { eventsOf, findWorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { backupGround, emptyDatabase, never, strangeTitle, sumsOf } from './backup.fixture.ts';
import { assertRestored, markPath, markUnfinished } from './unfinished-restore.ts';
import { verifyBackup } from './verify-backup.ts';

/** A restore runs all migrations, which takes long on a busy machine. */
const slow = { timeout: 120_000 };

/** A restore changes these rows, so they differ from the backup. */
const settled = ['executors', 'sessions', 'effects', 'work_order_events'].map((name) => `moose.${name}`);

test('R-DIST-5: fear: a restored copy lacks rows, bytes or commits', slow, async () => {
  const { make, restore, database, of, preserved } = await backupGround();
  const before = await sumsOf(database.url);
  const { path, manifest } = await make();
  const restored = await restore(path, { url: await emptyDatabase() });
  const after = await sumsOf(restored.url);
  expect([...after.keys()]).toEqual([...before.keys()]);
  for (const [name, sum] of before)
    if (!settled.includes(name)) expect([name, after.get(name)]).toEqual([name, sum]);
  expect(manifest.work_orders).toEqual({ all: 1, open: 1 });
  const mirror = join(restored.dataDirectory, 'mirrors', `${of.projectId}.git`);
  expect(gitIn(mirror, 'rev-parse', 'refs/moose/preserved/0123abcd')).toBe(preserved);
  expect(gitIn(mirror, 'show', 'refs/moose/preserved/0123abcd:unpushed.txt')).toBe('only here');
  expect(gitIn(mirror, 'config', 'core.hooksPath')).toBe('/dev/null');
  await assertRestored(restored.dataDirectory);
});

test(
  'R-DIST-5: sessions and worktrees of the old machine are ended, paths are moved, and numbers go on',
  slow,
  async () => {
    const { make, restore, of, dataDirectory } = await backupGround();
    const { path } = await make();
    const restored = await restore(path);
    expect([restored.endedSessions, restored.openWorkOrders]).toEqual([1, 1]);
    const copy = openDatabase(restored.url, { connectionsMax: 2 });
    try {
      const order = await findWorkOrder(copy.query, of.workOrderId);
      expect(order.title).toBe(strangeTitle);
      const states = (await sessionsOf(copy.query, of.workOrderId)).map(({ state, endReason }) => [
        state,
        endReason,
      ]);
      expect(states).toEqual([
        ['lost', 'lost'],
        ['exited', null],
      ]);
      const [effect] = await effectsOf(copy.query, of.workOrderId);
      expect(effect?.state).toBe('undone');
      expect(effect?.detail.repositoryPath).toBe(
        join(restored.dataDirectory, 'mirrors', `${of.projectId}.git`),
      );
      expect(JSON.stringify(effect?.detail)).not.toContain(`${dataDirectory}/`);
      const events = await eventsOf(copy.query, of.workOrderId);
      expect(events.at(-1)?.reason).toContain('restored from a backup');
      const live = await copy.query
        .selectFrom('executors')
        .select('id')
        .where('endedAt', 'is', null)
        .execute();
      expect(live).toEqual([]);
    } finally {
      await copy.close();
    }
  },
);

test('R-DIST-5: fear: a backup that was stopped half way looks whole, or replaces a file', slow, async () => {
  const { make, root, database } = await backupGround();
  const stopped = AbortSignal.abort(new DOMException('Stopped', 'AbortError'));
  const { makeBackup } = await import('./make-backup.ts');
  const wish = { databaseUrl: database.url, dataDirectory: root, host: 'alpha', now: new Date() };
  await expect(makeBackup({ ...wish, path: join(root, 'stopped.tar.gz') }, stopped)).rejects.toThrow(
    'Stopped',
  );
  const { path, bytes } = await make();
  expect(statSync(path)).toMatchObject({ size: bytes });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await expect(make()).rejects.toMatchObject({ code: 'BACKUP_UNWRITABLE' });
  await expect(make('no/such/directory')).rejects.toMatchObject({ code: 'BACKUP_UNWRITABLE' });
  expect(readdirSync(root).sort()).toEqual(['backup.tar.gz', 'data']);
  // The first night, the directory of all backups is not there yet.
  expect((await make('nightly')).path).toMatch(/nightly\/moose-[^/]+\.tar\.gz$/);
  expect((await make('nightly.d/')).path).toMatch(/nightly\.d\/moose-[^/]+\.tar\.gz$/);
  const inDirectory = await make('.');
  expect(inDirectory.path).toMatch(/moose-\d{4}-\d\d-\d\dT[\d-]{8}\.tar\.gz$/);
  expect((await verifyBackup(inDirectory.path, never)).work_orders.all).toBe(1);
});

test(
  'R-DIST-5: a backup is restored only into an empty place; --force keeps what was there',
  slow,
  async () => {
    const { make, restore, root, database } = await backupGround();
    const { path } = await make();
    const into = join(root, 'taken');
    mkdirSync(into);
    writeFileSync(join(into, 'mine'), 'precious');
    await expect(restore(path, { into })).rejects.toMatchObject({ code: 'RESTORE_PLACE_TAKEN' });
    expect(readdirSync(into)).toEqual(['mine']);
    await expect(restore(path, { into: join(into, 'mine') })).rejects.toMatchObject({
      code: 'RESTORE_PLACE_TAKEN',
    });
    const forced = await restore(path, { into, isForced: true });
    expect(existsSync(join(forced.keptAside ?? '', 'mine'))).toBe(true);
    // The database of another Moose is never overwritten, with or without --force.
    for (const isForced of [false, true])
      await expect(restore(path, { url: database.url, isForced })).rejects.toMatchObject({
        code: 'RESTORE_PLACE_TAKEN',
      });
    // A refused restore does not move the directory, because a Moose may be running in it.
    const used = { into: forced.dataDirectory, isForced: true, url: database.url };
    await expect(restore(path, used)).rejects.toMatchObject({ code: 'RESTORE_PLACE_TAKEN' });
    expect(existsSync(join(forced.dataDirectory, 'mirrors'))).toBe(true);
    expect(existsSync(join(forced.dataDirectory, 'restoring'))).toBe(false);
  },
);

test(
  'R-DIST-5: fear: --force renames the directory that the backup is in, and then finds no backup',
  slow,
  async () => {
    const { make, restore, root } = await backupGround();
    const into = join(root, 'own');
    mkdirSync(into);
    const { path } = await make('own/backup.tar.gz');
    await expect(restore(path, { into, isForced: true })).rejects.toMatchObject({
      code: 'RESTORE_FILE_INSIDE',
    });
    expect(readdirSync(into)).toEqual(['backup.tar.gz']);
  },
);

test('R-DIST-5: fear: others read the commits while a backup is made', slow, async () => {
  const { make, root } = await backupGround();
  const seen: string[] = [];
  const look = setInterval(() => {
    for (const name of readdirSync(root)) {
      if (!name.startsWith('backup.tar.gz.')) continue;
      const mode = lstatSync(join(root, name), { throwIfNoEntry: false })?.mode ?? 0;
      if ((mode & 0o077) !== 0) seen.push(`${name} ${mode.toString(8)}`);
    }
  }, 1);
  await make().finally(() => clearInterval(look));
  expect(seen).toEqual([]);
});

test('R-DIST-5: fear: a Moose starts from half a copy', slow, async () => {
  const { root } = await backupGround();
  const into = join(root, 'half');
  mkdirSync(into);
  await markUnfinished(into);
  await expect(assertRestored(into)).rejects.toMatchObject({ code: 'RESTORE_UNFINISHED' });
  rmSync(markPath(into));
  await markUnfinished(into, '/srv/old');
  await expect(assertRestored(into)).rejects.toMatchObject({
    message: expect.stringContaining('The previous content is in /srv/old.'),
  });
});

test('R-DIST-5: fear: a restore into the database of another program changes it', slow, async () => {
  const { make, restore } = await backupGround();
  const { path } = await make();
  const url = await emptyDatabase();
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('create table invoices (id int)');
  await client.end();
  await expect(restore(path, { url })).rejects.toMatchObject({ code: 'RESTORE_PLACE_TAKEN' });
  expect((await sumsOf(url)).size).toBe(0);
});
