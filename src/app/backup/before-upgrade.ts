// The way back from an upgrade: the rows of the database as they were before it changed them, which the older version
// restores.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { makeDirectory } from '../../stdx/files/make-directory.ts';
import { namesIn } from '../../stdx/text/names-in.ts';
import type { Config } from '../config/config.ts';
import { unwritable } from './archive-writer.ts';
import { makeBackup } from './make-backup.ts';

const name = /^before-upgrade-[0-9T-]+\.tar\.gz$/;
/** The newest ones are kept. */
const keptMax = 3;

export const upgradeBackupsIn = (dataDirectory: string) => join(dataDirectory, 'backups');

/**
 * The repositories stay as they are in an upgrade, so they are not in it.
 * @throws ConfigurationError `BACKUP_UNWRITABLE`; then the database is not upgraded
 */
export async function backUpBeforeUpgrade(
  { dataDirectory, engine: { host } }: Pick<Config, 'dataDirectory'> & { engine: { host: string } },
  databaseUrl: string,
  logger: Pick<Logger, 'info'>,
  signal: AbortSignal,
): Promise<void> {
  const folder = upgradeBackupsIn(dataDirectory);
  await makeDirectory(folder, 0o700).catch((cause: unknown) => {
    throw unwritable(folder, cause);
  });
  const now = new Date();
  const stamp = now.toISOString().slice(0, 19).replaceAll(':', '-');
  const { path, bytes } = await makeBackup(
    {
      databaseUrl,
      dataDirectory,
      host,
      path: join(folder, `before-upgrade-${stamp}.tar.gz`),
      now,
      isRowsOnly: true,
    },
    signal,
  );
  logger.info({ path, bytes }, 'backed up the database before its upgrade');
  const older = (await namesIn(folder)).filter((each) => name.test(each)).sort();
  for (const each of older.slice(0, -keptMax)) await rm(join(folder, each), { force: true });
}
