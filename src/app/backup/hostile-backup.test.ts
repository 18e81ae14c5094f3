// A damaged, changed or malicious backup is refused before anything is written.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import type { BackupManifest } from '../../contract/contract.ts';
import { scratchDirectory } from '../../git/scratch-repository.fixture.ts';
import { quick, scratch } from '../../postgres/scratch.fixture.ts';
import { startEmbedded } from '../../postgres/start/start-embedded.ts';
import { openArchive } from './archive-writer.ts';
import { backupGround, emptyDatabase, migratedDatabase, never, sumsOf } from './backup.fixture.ts';
import { restoreBackup } from './restore-backup.ts';
import { verifyBackup } from './verify-backup.ts';

/** A restore runs all migrations, which takes long on a busy machine. */
const slow = { timeout: 120_000 };
const invalid = { code: 'BACKUP_INVALID' };

async function* chunks(...texts: string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

/** A backup of no tables, which the tests change. */
async function madeUp(change: Partial<BackupManifest>, rows?: string): Promise<string> {
  const path = join(scratchDirectory(), 'made-up.tar.gz');
  const { readMigrations, checksumOfMigration } = await import('../../store/schema/migrate.ts');
  const migrations = (await readMigrations()).map((one) => ({
    version: one.version,
    name: one.name,
    checksum: checksumOfMigration(one),
  }));
  const archive = await openArchive(path);
  const [table] = change.tables ?? [];
  if (table && rows !== undefined)
    table.parts = await archive.add(`tables/${table.schema}.${table.name}`, chunks(rows));
  await archive.finish({
    ...({ format: 'moose-backup', version: 1 } as const),
    made_at: new Date().toISOString(),
    moose_version: '9.9.9',
    host: 'alpha',
    data_directory: '/srv/moose',
    server_version: '18.4',
    migrations,
    work_orders: { all: 0, open: 0 },
    tables: [],
    sequences: [],
    repositories: [],
    ...change,
  });
  await archive.close();
  return path;
}

async function restored(path: string, url = 'postgres://nowhere.invalid/'): Promise<unknown> {
  const dataDirectory = join(dirname(path), 'restored');
  const wish = { path, dataDirectory, isForced: false, now: new Date() };
  return restoreBackup({ ...wish, openDatabase: async () => url }, never);
}

/** Of the first and the last two files: a byte of the header, and the first and the last byte of the content. */
function tellingBytes(tar: Buffer): number[] {
  const files: number[][] = [];
  for (let at = 0; tar[at]; ) {
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 136), 8);
    files.push([at + 5, at + 512, at + 511 + size]);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  expect(files.length).toBeGreaterThan(4);
  return [...files.slice(0, 2), ...files.slice(-2)].flat();
}

test('R-DIST-5: fear: a torn or changed backup is taken for whole', slow, async () => {
  const { make, root } = await backupGround();
  const { path, bytes } = await make();
  await verifyBackup(path, never);
  const whole = readFileSync(path);
  const damaged = join(root, 'damaged');
  for (const length of [0, 10, 1_000, Math.floor(bytes / 2), bytes - 1]) {
    writeFileSync(damaged, whole);
    truncateSync(damaged, length);
    await expect(verifyBackup(damaged, never), `${length} bytes`).rejects.toMatchObject(invalid);
  }
  const tar = gunzipSync(whole);
  for (const at of tellingBytes(tar)) {
    const changed = Buffer.from(tar);
    changed[at] = (changed[at] ?? 0) ^ 1;
    writeFileSync(damaged, gzipSync(changed));
    await expect(verifyBackup(damaged, never), `byte ${at}`).rejects.toMatchObject(invalid);
  }
  writeFileSync(damaged, gzipSync(Buffer.concat([tar, Buffer.from('more')])));
  await expect(verifyBackup(damaged, never)).rejects.toMatchObject(invalid);
  for (const path of [join(root, 'missing'), root])
    await expect(verifyBackup(path, never)).rejects.toMatchObject(invalid);
});

test('R-DIST-5: fear: an archive writes outside its place, or brings links and devices', slow, async () => {
  const root = scratchDirectory();
  const packed = join(root, 'packed');
  mkdirSync(join(packed, 'tables/moose.projects'), { recursive: true });
  writeFileSync(join(packed, 'evil'), 'evil');
  symlinkSync('/etc', join(packed, 'tables/moose.projects/000000'));
  const path = join(root, 'hostile.tar.gz');
  const tar = (...args: string[]) =>
    execFileSync('tar', ['--format=ustar', '-P', '-czf', path, '-C', packed, ...args], { stdio: 'pipe' });
  for (const args of [
    ['tables/moose.projects/000000'],
    ['tables/moose.projects'],
    ['evil'],
    ['../packed/evil'],
    [join(packed, 'evil')],
    ['--transform=s,evil,tables/../evil/000000,', 'evil'],
    ['/dev/null'],
  ]) {
    tar(...args);
    await expect(restored(path), args.join(' ')).rejects.toMatchObject(invalid);
  }
  expect(existsSync(join(root, 'restored'))).toBe(false);
});

test('R-DIST-5: fear: a small file fills the disk or the memory', slow, async () => {
  const path = join(scratchDirectory(), 'bomb.tar.gz');
  const archive = await openArchive(path);
  const zeros = Buffer.alloc(1024 * 1024);
  await archive.add(
    'tables/moose.projects',
    (async function* () {
      for (let count = 0; count < 20; count++) yield zeros;
    })(),
  );
  await archive.finish({} as BackupManifest);
  await archive.close();
  await expect(verifyBackup(path, never)).rejects.toMatchObject({
    message: expect.stringContaining('400 times'),
  });
});

test(
  'R-DIST-5: a backup of a newer Moose is refused, and so is one whose rows do not fit',
  slow,
  async () => {
    const next = { version: 9_999, name: 'from-the-future', checksum: 'a'.repeat(64) };
    await expect(restored(await madeUp({ migrations: [next] }))).rejects.toMatchObject({
      code: 'BACKUP_TOO_NEW',
    });
    const table = { schema: 'moose', name: 'budget_windows', columns: ['key'], rows: 1, parts: 0 };
    const unfit: [Partial<BackupManifest['tables'][number]>, string?][] = [
      [{ name: 'no_such_table' }],
      [{ columns: ['no_such_column'] }],
      [{ rows: 2 }, ''],
      [{ name: 'runs', columns: ['id'], rows: 1 }, 'not a uuid\n'],
    ];
    for (const [change, rows] of unfit) {
      const url = await migratedDatabase();
      const path = await madeUp({ tables: [{ ...table, ...change }] }, rows);
      await expect(restored(path, url), JSON.stringify(change)).rejects.toThrow();
      // All rows are loaded in one transaction.
      expect((await sumsOf(url)).get('moose.runs')).toBe('0 ');
    }
  },
);

test('R-DIST-5: fear: a bundle that git cannot read leaves a repository that looks whole', slow, async () => {
  const name = '0190b5a0-0000-7000-8000-000000000001';
  const path = join(scratchDirectory(), 'bundle.tar.gz');
  const from = gunzipSync(readFileSync(await madeUp({})));
  const start = from.indexOf('{"format"');
  const manifest = JSON.parse(from.toString('utf8', start, from.lastIndexOf('}') + 1)) as BackupManifest;
  const archive = await openArchive(path);
  const parts = await archive.add(`mirrors/${name}`, chunks('no bundle'));
  const repositories = [{ folder: 'mirrors', name, head: 'main', format: 'sha1', parts } as const];
  const { parts: _, ...rest } = manifest;
  await archive.finish({ ...rest, repositories: [...repositories] });
  await archive.close();
  await expect(restored(path, await emptyDatabase())).rejects.toMatchObject({
    message: expect.stringContaining(`mirrors/${name}`),
  });
  expect(existsSync(join(dirname(path), 'restored', 'mirrors', `${name}.git`))).toBe(false);
  // No Moose starts from a partial restore.
  expect(existsSync(join(dirname(path), 'restored', 'restoring'))).toBe(true);
});

test('R-DIST-5: a backup is not restored over a file, into a directory in use, or over its own directory', async () => {
  const path = await madeUp({});
  const directory = dirname(path);
  const into = (dataDirectory: string, isForced = false) =>
    restoreBackup(
      {
        path,
        dataDirectory,
        isForced,
        now: new Date(),
        openDatabase: async () => 'postgres://nowhere.invalid/',
      },
      never,
    );
  const file = join(directory, 'file');
  writeFileSync(file, 'kept');
  await expect(into(file)).rejects.toMatchObject({ advice: expect.any(String) });
  await expect(into(join(file, 'inner'))).rejects.toMatchObject({ message: expect.any(String) });
  const used = join(directory, 'used');
  mkdirSync(used);
  writeFileSync(join(used, 'kept'), 'kept');
  await expect(into(used)).rejects.toMatchObject({ message: expect.stringContaining('contains 1 entries') });
  await expect(into(directory, true)).rejects.toMatchObject({ advice: expect.any(String) });
  expect([readFileSync(file, 'utf8'), readFileSync(join(used, 'kept'), 'utf8')]).toEqual(['kept', 'kept']);
  expect(existsSync(path)).toBe(true);
});

test('R-DIST-5: a directory that cannot be resolved or moved aside is left as it is', async () => {
  const path = await madeUp({});
  const into = (dataDirectory: string) =>
    restoreBackup(
      {
        path,
        dataDirectory,
        isForced: true,
        now: new Date(),
        openDatabase: async () => 'postgres://nowhere.invalid/',
      },
      never,
    );
  const loop = join(scratchDirectory(), 'loop');
  symlinkSync(loop, loop);
  await expect(into(loop)).rejects.toMatchObject({ code: 'ELOOP' });
  // Its name has no room for the time that is added to it.
  const long = join(scratchDirectory(), 'x'.repeat(250));
  mkdirSync(long);
  writeFileSync(join(long, 'kept'), 'kept');
  await expect(into(long)).rejects.toMatchObject({ message: expect.stringContaining('cannot be renamed') });
  expect(readFileSync(join(long, 'kept'), 'utf8')).toBe('kept');
});

test(
  'R-DIST-5: a database that is not empty is refused, and the directory is free for another try',
  async () => {
    const path = await madeUp({});
    const url = await emptyDatabase();
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query('create table theirs (id int)');
    await client.end();
    await expect(restored(path, url)).rejects.toMatchObject({
      code: 'RESTORE_PLACE_TAKEN',
    });
    expect(existsSync(join(dirname(path), 'restored', 'restoring'))).toBe(false);
  },
  slow.timeout,
);

test(
  'R-DIST-5: nothing is restored over the data of a running Moose',
  async () => {
    const path = await madeUp({});
    const dataDirectory = scratch();
    const server = await startEmbedded({ directory: join(dataDirectory, 'postgres'), settings: quick });
    onTestFinished(() => server.stop());
    const wish = {
      path,
      dataDirectory,
      isForced: true,
      now: new Date(),
      openDatabase: async () => server.url,
    };
    await expect(restoreBackup(wish, never)).rejects.toMatchObject({
      message: expect.stringContaining('a Moose is running'),
    });
  },
  slow.timeout,
);
