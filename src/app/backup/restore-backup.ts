// Restores a backup into an empty directory. The whole file is verified before anything is written, and no Moose starts
// from the copy before it is complete.
import { readdir, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BackupManifest } from '../../contract/health/backups.ts';
import { isMooseError } from '../../domain/failure.ts';
import { rememberDurableMigrated } from '../../durable/schema-version.ts';
import { unbundleRepository } from '../../git/remote/repository-bundle.ts';
import { isThere } from '../../git/run/is-there.ts';
import { urlOfRunning } from '../../postgres/running-url.ts';
import { flush, moveDurably, syncFolder } from '../../stdx/files/durable-files.ts';
import { makeDirectory } from '../../stdx/files/make-directory.ts';
import { streamPassing } from '../../stdx/files/passing-files.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import {
  backupInside,
  backupInvalid,
  backupTooNew,
  backupTooOld,
  ofAnotherDirectory,
  placeTaken,
} from '../../store/backup/backup-failure.ts';
import { assertFreshDatabase } from '../../store/backup/fresh-database.ts';
import { loadCopy } from '../../store/backup/load-copy.ts';
import type { Settled } from '../../store/backup/settle-copy.ts';
import { openDatabase } from '../../store/database.ts';
import { areSummedUp, summedUp } from '../../store/schema/baseline.ts';
import { checksumOfMigration, migrate, readMigrations } from '../../store/schema/migrate.ts';
import { formerQueueSchema } from '../../store/schema/own-schema.ts';
import { readArchive } from './archive-reader.ts';
import { repositoryPath, tablePath } from './entries.ts';
import { markPath, markUnfinished } from './unfinished-restore.ts';
import { hashOf, verifyBackup } from './verify-backup.ts';

export interface RestoreRequest {
  path: string;
  dataDirectory: string;
  /** Renames an existing directory instead of refusing it. */
  isForced: boolean;
  now: Date;
  /** An existing database to restore into. If it is unusable, the directory is not moved. */
  databaseUrl?: string | null;
  /** Starts the database server of the new directory, and returns its address. */
  openDatabase(): Promise<string>;
}

export interface Restored extends Settled {
  manifest: BackupManifest;
  keptAside: string | null;
}

const hidden = { 'core.logAllRefUpdates': 'true', 'core.hooksPath': '/dev/null' };
/** As `src/git/remote/mirror.ts` and `src/git/remote/bare-remote.ts` set them. */
const settings = {
  mirrors: { ...hidden, 'gc.auto': '0' },
  remotes: { ...hidden, 'receive.shallowUpdate': 'true' },
} as const;

/**
 * @throws PermanentError `BACKUP_INVALID`
 * @throws ConfigurationError `BACKUP_TOO_NEW`, `BACKUP_TOO_OLD`, `RESTORE_PLACE_TAKEN`, `RESTORE_FILE_INSIDE`, `RESTORE_NEEDS_ITS_DIRECTORY`
 */
export async function restoreBackup(wish: RestoreRequest, signal: AbortSignal): Promise<Restored> {
  const { path, dataDirectory } = wish;
  const manifest = await verifyBackup(path, signal);
  const migrations = await migrationsOf(manifest);
  const isRowsOnly = manifest.rows_only === true;
  if (!isRowsOnly) await assertOutside(wish);
  else await assertSamePlace(manifest, wish);
  if (wish.databaseUrl) await assertFreshDatabase(wish.databaseUrl);
  const keptAside = isRowsOnly ? await clearDatabase(wish) : await clearPlace(wish);
  await makeDirectory(dataDirectory, 0o711);
  await markUnfinished(dataDirectory, keptAside);
  const url = await wish.openDatabase();
  await assertFreshDatabase(url).catch(async (cause: unknown) => {
    await rm(markPath(dataDirectory), { force: true });
    throw cause;
  });
  await migrate(url, migrations);
  // The repositories of the directory stay, whatever the file has.
  if (!isRowsOnly) await restoreRepositories(manifest, wish, signal);
  const settled = await restoreRows(manifest, { url, path, dataDirectory }, signal);
  await migrate(url);
  await makeQueue(url);
  await flush(dataDirectory, signal);
  await rm(markPath(dataDirectory));
  await syncFolder(dataDirectory);
  return { ...settled, manifest, keptAside };
}

/** The migrations with which the rows were written; later ones run over the restored rows. */
async function migrationsOf({ migrations }: BackupManifest) {
  const known = await readMigrations();
  if (areSummedUp(migrations)) return known.slice(0, 1);
  const newest = migrations.at(-1)?.version ?? 0;
  if (newest <= summedUp.version) throw backupTooOld(newest, summedUp);
  for (const { version, name, checksum } of migrations) {
    const own = known.find((one) => one.version === version);
    if (!own || checksumOfMigration(own) !== checksum) throw backupTooNew(version, name);
  }
  return known.filter(({ version }) => migrations.some((one) => one.version === version));
}

/** @throws ConfigurationError `RESTORE_FILE_INSIDE` */
async function assertOutside({ path, dataDirectory }: RestoreRequest): Promise<void> {
  const directory = await realpath(dataDirectory).catch((cause: unknown) => {
    if (hasErrorCode(cause, 'ENOENT', 'ENOTDIR')) return null;
    throw cause;
  });
  if (directory === null) return;
  if ((await realpath(path)).startsWith(`${directory}/`)) throw backupInside(path, dataDirectory);
}

/** A data directory that was moved still has the ID of its machine. */
async function assertSamePlace(
  { data_directory: madeIn }: BackupManifest,
  { dataDirectory }: RestoreRequest,
): Promise<void> {
  const isSame = dataDirectory === madeIn || (await isThere(join(dataDirectory, 'machine-id')));
  if (!isSame) throw ofAnotherDirectory(madeIn, dataDirectory);
}

/** Returns the new path of the previous directory; null if there was none. */
async function clearPlace({ dataDirectory, isForced, now }: RestoreRequest): Promise<string | null> {
  const names = await readdir(dataDirectory).catch((cause: unknown) => {
    if (hasErrorCode(cause, 'ENOENT')) return [];
    throw placeTaken(`${dataDirectory} cannot be read as a directory`);
  });
  if (names.length === 0) return null;
  if (!isForced) throw placeTaken(`${dataDirectory} contains ${names.length} entries`);
  if ((await urlOfRunning(join(dataDirectory, 'postgres'), 'moose')) !== null)
    throw placeTaken(`a Moose is running in ${dataDirectory}`);
  const aside = `${dataDirectory}.before-${now.toISOString().slice(0, 19).replaceAll(':', '-')}`;
  await moveDurably(dataDirectory, aside).catch((cause: Error) => {
    throw placeTaken(`${dataDirectory} cannot be renamed: ${cause.message}`);
  });
  return aside;
}

/** Returns the new path of the previous embedded database; null if there was none. Everything else stays. */
async function clearDatabase({
  dataDirectory,
  isForced,
  now,
  databaseUrl,
}: RestoreRequest): Promise<string | null> {
  const database = join(dataDirectory, 'postgres');
  if (databaseUrl) return null;
  if ((await urlOfRunning(database, 'moose')) !== null)
    throw placeTaken(`a Moose is running in ${dataDirectory}`);
  if (!(await isThere(database))) return null;
  if (!isForced) throw placeTaken(`${dataDirectory} has a database`);
  const aside = `${database}.before-${now.toISOString().slice(0, 19).replaceAll(':', '-')}`;
  await moveDurably(database, aside).catch((cause: Error) => {
    throw placeTaken(`${database} cannot be renamed: ${cause.message}`);
  });
  // Of a restore that did not finish.
  await rm(markPath(dataDirectory), { force: true });
  return aside;
}

type Parts = AsyncGenerator<Buffer, void>;

/** Yields the parts of the backup in order, and verifies each against the manifest a second time. */
async function* partsOf({ parts }: BackupManifest, path: string, signal: AbortSignal): Parts {
  let at = 0;
  for await (const { content } of readArchive(path, signal)) {
    const part = parts[at++];
    if (part === undefined) return;
    if (hashOf(content) !== part.sha256) throw backupInvalid(`${part.name} changed while it was read`);
    yield content;
  }
}

async function* take(all: Parts, count: number): Parts {
  for (let taken = 0; taken < count; taken++) {
    const { value, done } = await all.next();
    if (done || !value) throw backupInvalid('it ends early');
    yield value;
  }
}

async function restoreRows(
  manifest: BackupManifest,
  { url, path, dataDirectory }: { url: string; path: string; dataDirectory: string },
  signal: AbortSignal,
): Promise<Settled> {
  const all = partsOf(manifest, path, signal);
  // The queue of an older version comes after Moose's own tables.
  const isOwn = ({ schema }: { schema: string }) => schema !== formerQueueSchema;
  const countOf = new Map(manifest.tables.map((table) => [tablePath(table), table.parts]));
  try {
    return await loadCopy(
      url,
      {
        tables: manifest.tables.filter(isOwn),
        sequences: manifest.sequences.filter(isOwn),
        chunksOf: (table) => take(all, countOf.get(tablePath(table)) ?? 0),
        moved: { from: manifest.data_directory, to: dataDirectory },
      },
      signal,
    );
  } finally {
    await all.return();
  }
}

/** It is not in the backup: its messages follow from the runs. */
async function makeQueue(url: string): Promise<void> {
  const { migrateDurable } = await import('../../durable/migrate-durable.ts');
  const { announceOpenRuns } = await import('../../durable/find-lost-runs.ts');
  await migrateDurable(url);
  const database = openDatabase(url, { connectionsMax: 1 });
  try {
    await database.transaction(announceOpenRuns);
    await rememberDurableMigrated(database);
  } finally {
    await database.close();
  }
}

async function restoreRepositories(
  manifest: BackupManifest,
  { path, dataDirectory }: RestoreRequest,
  signal: AbortSignal,
): Promise<void> {
  if (manifest.repositories.length === 0) return;
  const all = partsOf(manifest, path, signal);
  const bundle = join(dataDirectory, 'restoring.bundle');
  try {
    for (const table of manifest.tables) for await (const _skipped of take(all, table.parts));
    for (const repository of manifest.repositories) {
      await pipeline(Readable.from(take(all, repository.parts)), streamPassing(bundle, { mode: 0o600 }));
      const target = join(dataDirectory, `${repositoryPath(repository)}.git`);
      await unbundleRepository(target, bundle, repository, settings[repository.folder], signal).catch(
        (cause: unknown) => {
          if (isMooseError(cause) && cause.category === 'transient') throw cause;
          signal.throwIfAborted();
          throw backupInvalid(`git cannot restore ${repositoryPath(repository)}`, cause);
        },
      );
    }
  } finally {
    await all.return();
    await rm(bundle, { force: true });
  }
}
