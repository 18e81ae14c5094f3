// Copies and measures the files that a setup made. They may be hostile, with any names, links and permissions; no link
// is followed.

import { execFile } from 'node:child_process';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PermanentError } from '../../../domain/failure.ts';
import { toolPath } from '../../../sessions/resolve-program.ts';
import { workplaceFailures } from '../failure-catalogue.ts';

const run = promisify(execFile);
const env = { PATH: toolPath, LC_ALL: 'C' };
const copyMsMax = 10 * 60_000;
const namesBytesMax = 64 * 1024 ** 2;

/** Shares the blocks of files if the file system can. Hard links inside the tree stay; none leads to the original. */
const copyWords: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: ['-a', '--reflink=auto', '--'],
  darwin: ['-c', '-R', '-P', '-p', '--'],
};

/** `to` must not exist. */
export async function copyTree(from: string, to: string, signal: AbortSignal): Promise<void> {
  const words = copyWords[process.platform] ?? ['-R', '-P', '-p', '--'];
  await run('cp', [...words, from, to], { env, signal, timeout: copyMsMax, cwd: '/' });
}

export interface Size {
  files: number;
  bytes: number;
}

export interface Measured extends Size {
  /** Symbolic links; their targets have not been checked. */
  links: string[];
}

export interface Bound {
  filesMax: number;
  bytesMax: number;
}

const readAtOnce = 64;

/** @throws PermanentError `PREPARED_TOO_LARGE`, `PREPARED_FILE_STRANGE` */
export async function measure(root: string, { filesMax, bytesMax }: Bound): Promise<Measured> {
  const found: Measured = { files: 0, bytes: 0, links: [] };
  const folders = [''];
  while (folders.length > 0) {
    const some = folders.splice(0, readAtOnce);
    const inner = await Promise.all(some.map((folder) => measureFolder(root, folder, found)));
    folders.push(...inner.flat());
    if (found.files > filesMax || found.bytes > bytesMax) throw tooLarge(found);
  }
  return found;
}

async function measureFolder(root: string, folder: string, found: Measured): Promise<string[]> {
  const inner: string[] = [];
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    found.files += 1;
    if (entry.isDirectory()) inner.push(path);
    else if (entry.isSymbolicLink()) found.links.push(path);
    else if (entry.isFile()) {
      // Read the total only after the wait, because other folders add to it in the meantime.
      const { size } = await lstat(join(root, path));
      found.bytes += size;
    } else throw strange(path);
  }
  return inner;
}

/** The text files below `root` that contain one of the words. */
export async function filesWith(
  root: string,
  words: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const wanted = words.flatMap((word) => ['-e', word]);
  const options = { env, signal, cwd: root, maxBuffer: namesBytesMax, timeout: copyMsMax };
  try {
    const { stdout } = await run('grep', ['-r', '-l', '-I', '-F', '-Z', ...wanted, '--', '.'], options);
    return stdout.split('\0').flatMap((path) => (path === '' ? [] : [path.replace(/^\.\//, '')]));
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 1) return [];
    throw cause;
  }
}

const fields = { operation: 'prepare' };

function tooLarge({ files, bytes }: Size): PermanentError {
  return workplaceFailures.PREPARED_TOO_LARGE(fields, { files, mebibytes: Math.round(bytes / 1024 ** 2) });
}

function strange(path: string): PermanentError {
  return workplaceFailures.PREPARED_FILE_STRANGE(fields, { path: JSON.stringify(path) });
}
