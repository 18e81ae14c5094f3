// Keeps the compiled code of Moose between starts, so that a command starts in half the time. This runs before other
// modules are loaded, and imports as little as possible.
import { realpathSync, statSync } from 'node:fs';
import { enableCompileCache, flushCompileCache, getCompileCacheDir } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeDirectory } from '../../stdx/files/make-directory.ts';

const ownerOnly = 0o700;
const writableByOthers = 0o022;
const sticky = 0o1000;
const writeAfterMs = 10_000;

/**
 * Uses `moose/code` in the user's cache directory if nobody else can write there, because anyone who can runs code as
 * this user. Does nothing if NODE_COMPILE_CACHE is set.
 */
export async function keepCompiledCode(cacheDirectory = process.env.XDG_CACHE_HOME): Promise<void> {
  if (getCompileCacheDir() !== undefined) return;
  try {
    const directory = join(cacheDirectory || join(homedir(), '.cache'), 'moose', 'code');
    await makeDirectory(directory, ownerOnly);
    const path = realpathSync(directory);
    if (isSafe(path, process.geteuid?.())) enableCompileCache(path);
  } catch {
    // Without a home directory or free space, Moose only starts more slowly.
  }
}

/**
 * Writes the compiled code some time after a start, so that it does not delay the start. Without this, only a
 * process that ends properly writes it, and one that is killed would start slowly again.
 */
export function writeCompiledCodeSoon(): void {
  setTimeout(flushCompileCache, writeAfterMs).unref();
}

/** Whether only this user and root can change the directory, or replace one above it. */
function isSafe(path: string, user: number | undefined): boolean {
  const { uid, mode } = statSync(path);
  const isOwn = (uid === user || uid === 0) && ((mode & writableByOthers) === 0 || (mode & sticky) !== 0);
  const parent = dirname(path);
  return isOwn && (parent === path || isSafe(parent, user));
}
