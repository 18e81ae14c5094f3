// Makes a backup while Moose works: first the rows of one moment, then the repositories. Work only adds commits and
// preserves what it removes, so a repository that is copied later has every commit that a row names.
import { createReadStream, type Stats } from 'node:fs';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import type { BackupManifest } from '../../contract/health/backups.ts';
import { bundleRepository } from '../../git/remote/repository-bundle.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { namesIn } from '../../stdx/text/names-in.ts';
import { type Snapshot, withSnapshot } from '../../store/backup/read-snapshot.ts';
import { version } from '../version.ts';
import { type ArchiveWriter, openArchive, unwritable } from './archive-writer.ts';
import { repositoryPath, tablePath } from './entries.ts';

export interface BackupRequest {
  databaseUrl: string;
  dataDirectory: string;
  host: string;
  /** The path of a new file, or of a directory for it. */
  path: string;
  now: Date;
  /** Without repositories: for going back to an older version in the same directory. */
  isRowsOnly?: boolean;
}

export interface MadeBackup {
  path: string;
  bytes: number;
  manifest: Omit<BackupManifest, 'parts'>;
}

const folders = ['mirrors', 'remotes'] as const;
const repositoryName = /^([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})\.git$/;

/** @throws ConfigurationError `BACKUP_UNWRITABLE`; then no file remains */
export async function makeBackup(wish: BackupRequest, signal: AbortSignal): Promise<MadeBackup> {
  const path = await fileFor(wish);
  const archive = await openArchive(path);
  try {
    const database = await withSnapshot(wish.databaseUrl, (snapshot) => addRows(archive, snapshot), signal);
    const { isRowsOnly = false } = wish;
    const repositories = isRowsOnly ? [] : await addRepositories(archive, wish.dataDirectory, path, signal);
    const manifest = {
      ...({ format: 'moose-backup', version: 1 } as const),
      made_at: wish.now.toISOString(),
      moose_version: version,
      host: wish.host,
      data_directory: wish.dataDirectory,
      ...database,
      repositories,
      ...(isRowsOnly ? { rows_only: true as const } : {}),
    };
    const bytes = await archive.finish(manifest);
    return { path, bytes, manifest };
  } finally {
    await archive.close();
  }
}

/** Never replaces an existing file. */
async function fileFor({ path: given, now }: BackupRequest): Promise<string> {
  const path = resolve(given);
  const stamp = now.toISOString().slice(0, 19).replaceAll(':', '-');
  const found = await statOf(path);
  // A file has an ending: without one, or with a slash, what is not there yet is the directory for each night's file.
  const isNewDirectory = found === null && (extname(path) === '' || /[/\\]$/.test(given));
  if (isNewDirectory)
    await mkdir(path, { mode: 0o700 }).catch((cause: unknown) => {
      throw unwritable(path, cause);
    });
  const isDirectory = isNewDirectory || found?.isDirectory();
  const file = isDirectory ? join(path, `moose-${stamp}.tar.gz`) : path;
  if (await statOf(file)) throw unwritable(file, new Error('it exists already'));
  return file;
}

async function statOf(path: string): Promise<Stats | null> {
  return stat(path).catch((cause: unknown) => {
    if (hasErrorCode(cause, 'ENOENT')) return null;
    throw unwritable(path, cause);
  });
}

async function addRows(archive: ArchiveWriter, snapshot: Snapshot) {
  const tables: BackupManifest['tables'] = [];
  for (const table of snapshot.tables) {
    let rows = 0;
    const counted = async function* () {
      rows = yield* snapshot.rowsOf(table);
    };
    const parts = await archive.add(tablePath(table), counted());
    tables.push({ ...table, rows, parts });
  }
  return {
    server_version: snapshot.serverVersion,
    migrations: snapshot.migrations,
    work_orders: snapshot.workOrders,
    tables,
    sequences: await snapshot.sequences(),
  };
}

async function addRepositories(
  archive: ArchiveWriter,
  dataDirectory: string,
  path: string,
  signal: AbortSignal,
): Promise<BackupManifest['repositories']> {
  const all: BackupManifest['repositories'] = [];
  // git creates files that everybody may read, so their folder is readable only by its owner.
  const folder = await mkdtemp(`${path}.`).catch((cause: unknown) => {
    throw unwritable(path, cause);
  });
  const file = join(folder, 'bundle');
  try {
    for (const kind of folders)
      for (const entry of (await namesIn(join(dataDirectory, kind))).sort()) {
        const name = repositoryName.exec(entry)?.[1];
        if (name === undefined) continue;
        const bundled = await bundleRepository(join(dataDirectory, kind, entry), file, signal);
        if (bundled === null) continue;
        const chunks = createReadStream(file, { signal });
        const parts = await archive.add(repositoryPath({ folder: kind, name }), chunks);
        all.push({ folder: kind, name, ...bundled, parts });
        await rm(file);
      }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return all;
}
