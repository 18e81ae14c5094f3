// The way back from an upgrade: the rows as they were, which go back into the same directory (R-BASE-6).
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { summedMigrations } from '../../../test/summed-migrations.ts';
import { scratchDirectory } from '../../git/scratch-repository.fixture.ts';
import { migrate } from '../../store/schema/migrate.ts';
import { emptyDatabase, never } from './backup.fixture.ts';
import { backUpBeforeUpgrade, upgradeBackupsIn } from './before-upgrade.ts';
import { restoreBackup } from './restore-backup.ts';
import { assertRestored } from './unfinished-restore.ts';
import { verifyBackup } from './verify-backup.ts';

/** Runs all migrations, which takes long on a busy machine. */
const slow = { timeout: 120_000 };

async function asked<Row extends pg.QueryResultRow>(url: string, statement: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
}

const projectsOf = (url: string) => asked(url, 'select id, name, repository_path from moose.projects');

/** A data directory with the database of the version before this one. */
async function anOlderMoose() {
  const dataDirectory = join(scratchDirectory(), 'data');
  for (const folder of ['postgres', 'mirrors']) mkdirSync(join(dataDirectory, folder), { recursive: true });
  writeFileSync(join(dataDirectory, 'mirrors', 'kept'), 'a repository');
  const url = await emptyDatabase();
  const older = summedMigrations();
  await migrate(url, older);
  await asked(
    url,
    `insert into moose.projects (id, name, repository_path) values (gen_random_uuid(), 'api', '/srv/api')`,
  );
  const config = { dataDirectory, engine: { host: 'alpha' } };
  const beforeUpgrade = () => backUpBeforeUpgrade(config, url, pino({ level: 'silent' }), never);
  const backups = () => (existsSync(folder) ? readdirSync(folder) : []).sort();
  const folder = upgradeBackupsIn(dataDirectory);
  return {
    dataDirectory,
    url,
    older,
    upgrade: () => migrate(url, undefined, { beforeUpgrade }),
    folder,
    backups,
  };
}

test(
  'R-BASE-6: an upgrade can be undone: the rows of before go back beside the repositories',
  slow,
  async () => {
    const { dataDirectory, url, older, upgrade, folder, backups } = await anOlderMoose();
    const before = await projectsOf(url);
    expect((await upgrade()).applied).toContain('baseline');
    // There is nothing to upgrade any more.
    await upgrade();
    const [name = '', ...more] = backups();
    expect([name, ...more]).toEqual([expect.stringMatching(/^before-upgrade-.+\.tar\.gz$/)]);
    const path = join(folder, name);
    const manifest = await verifyBackup(path, never);
    expect(manifest).toMatchObject({ rows_only: true, repositories: [] });
    expect(manifest.migrations.map(({ version }) => version)).toEqual(older.map(({ version }) => version));
    await asked(url, `delete from moose.projects`);
    const fresh = await emptyDatabase();
    const wish = { path, dataDirectory, now: new Date(), databaseUrl: null, openDatabase: async () => fresh };
    await expect(restoreBackup({ ...wish, isForced: false }, never)).rejects.toMatchObject({
      code: 'RESTORE_PLACE_TAKEN',
      message: expect.stringContaining('has a database'),
    });
    const elsewhere = { ...wish, dataDirectory: join(scratchDirectory(), 'other'), isForced: true };
    await expect(restoreBackup(elsewhere, never)).rejects.toMatchObject({
      code: 'RESTORE_NEEDS_ITS_DIRECTORY',
      message: expect.stringContaining(dataDirectory),
    });
    expect(existsSync(elsewhere.dataDirectory)).toBe(false);
    const { keptAside } = await restoreBackup({ ...wish, isForced: true }, never);
    expect(keptAside).toMatch(/\/postgres\.before-/);
    expect(existsSync(keptAside ?? '')).toBe(true);
    expect(existsSync(join(dataDirectory, 'mirrors', 'kept'))).toBe(true);
    expect(existsSync(path)).toBe(true);
    expect(await projectsOf(fresh)).toEqual(before);
    await assertRestored(dataDirectory);
  },
);

test('R-BASE-6: fear: an upgrade goes on although there is no way back', slow, async () => {
  const { dataDirectory, url, older, upgrade } = await anOlderMoose();
  writeFileSync(join(dataDirectory, 'backups'), 'in the way');
  await expect(upgrade()).rejects.toMatchObject({ code: 'BACKUP_UNWRITABLE' });
  const [newest] = await asked<{ version: number }>(
    url,
    'select max(version) as version from moose.schema_migrations',
  );
  expect(newest?.version).toBe(older.at(-1)?.version);
});
