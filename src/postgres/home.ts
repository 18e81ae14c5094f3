// Where the server's files are. Password, port, lock and log stay in the caller's directory. The data is there too,
// unless Moose is root and that directory is below one that the server's account may not enter, such as /root: then a
// directory below `relocationRoot` holds the data and the link `relocated` points there. Directories that others made
// never get wider permissions: search permission on /root would show its files to every account. A dangling link is
// refused, because an empty database in place of a lost one would be worse.

import { chmod, lstat, mkdir, mkdtemp, readlink, realpath, stat, symlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { errorCode, hasErrorCode } from '../stdx/system-error.ts';
import { runProgram } from './binaries/run-program.ts';
import { databaseUrlAdvice, fromFileSystem } from './embedded-failure.ts';
import { postgresFailures } from './failure-catalogue.ts';
import type { Account } from './start/account.ts';

const isRoot = () => process.getuid?.() === 0;

/** Creates the caller's directory, or refuses it if it belongs to another user; returns its real path. */
export async function ownDirectory(wished: string): Promise<string> {
  const wishedPath = resolve(wished);
  const firstCreated = await mkdir(wishedPath, { recursive: true, mode: 0o700 });
  const directory = await realpath(wishedPath);
  const { uid } = await stat(directory);
  if (uid !== process.getuid?.()) throw ownedByOther(directory, uid);
  if (isRoot()) await openOwnDirectories(directory, firstCreated);
  return directory;
}

/** Lets the server's account enter, but not list, this directory and those that root has just created. */
async function openOwnDirectories(directory: string, firstCreated: string | undefined): Promise<void> {
  const created = firstCreated === undefined ? directory : await realpath(firstCreated);
  let path = directory;
  for (; path.startsWith(created); path = dirname(path)) await chmod(path, 0o711);
}

/** The directory of the data, existing or future; follows an earlier relocation. */
export async function findHome(directory: string): Promise<string> {
  const link = join(directory, 'relocated');
  if ((await lstat(link).catch(absent)) === null) return directory;
  try {
    return await realpath(link);
  } catch (cause) {
    throw postgresFailures.EMBEDDED_DATA_MISSING(
      { operation: 'start', cause },
      { target: await readlink(link), link },
    );
  }
}

/** The data directory's real path: a person may have moved it to another disk and left a link. */
export async function findData(home: string): Promise<string> {
  const data = join(home, 'data');
  return realpath(data).catch((cause: unknown) => absent(cause) ?? data);
}

/** Whether a database cluster exists in this directory. */
export async function hasData(directory: string): Promise<boolean> {
  const data = await findData(await findHome(directory));
  return (await stat(join(data, 'PG_VERSION')).catch(absent)) !== null;
}

/** Ensures that `account` can enter the home; a home that is still empty is moved to a place where it can. */
export async function reachableHome(
  directory: string,
  home: string,
  options: { account: Account; hasData: boolean; relocationRoot: string; signal: AbortSignal | undefined },
): Promise<string> {
  if (await canEnter(home, options.account, options.signal)) return home;
  if (options.hasData || home !== directory) throw unreachable(home, options.account);
  const relocated = await makeRelocatedHome(options.relocationRoot);
  if (!(await canEnter(relocated, options.account, options.signal)))
    throw unreachable(relocated, options.account);
  await symlink(relocated, join(directory, 'relocated'));
  return relocated;
}

async function makeRelocatedHome(root: string): Promise<string> {
  try {
    const firstCreated = await mkdir(root, { recursive: true, mode: 0o711 });
    if (firstCreated !== undefined) await openOwnDirectories(root, firstCreated);
    const home = await realpath(await mkdtemp(join(root, 'moose-postgres-')));
    await chmod(home, 0o711);
    return home;
  } catch (cause) {
    throw fromFileSystem(cause, root);
  }
}

async function canEnter(path: string, account: Account, signal: AbortSignal | undefined): Promise<boolean> {
  if (account === null) return true;
  const end = await runProgram('/bin/sh', ['-c', 'cd "$1"', 'sh', path], { account, limitMs: 5000, signal });
  if (end.spawnError === null) return end.exitCode === 0;
  throw postgresFailures.EMBEDDED_ACCOUNT_UNUSABLE(
    { operation: 'start', cause: end.spawnError },
    { uid: account.uid, reason: String(errorCode(end.spawnError)), databaseUrlAdvice },
  );
}

function absent(cause: unknown): null {
  if (hasErrorCode(cause, 'ENOENT')) return null;
  throw cause;
}

function unreachable(path: string, account: Account) {
  return postgresFailures.EMBEDDED_DIRECTORY_UNREACHABLE('start', {
    uid: String(account?.uid),
    path,
    databaseUrlAdvice,
  });
}

function ownedByOther(directory: string, uid: number) {
  return postgresFailures.EMBEDDED_DIRECTORY_OF_OTHER_USER('start', {
    directory,
    uid,
    ownUid: String(process.getuid?.()),
    databaseUrlAdvice,
  });
}
