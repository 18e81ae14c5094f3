// Tries in the data directory what sessions will do there.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstat, mkdtemp, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { removeTree } from '../../stdx/files/remove-tree.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { namesIn } from '../../stdx/text/names-in.ts';

export const trialMsMax = 10_000;
/** A folder older than this was left by a killed process: no trial takes so long. */
const leftAfterMs = 60 * 60_000;

export const trialEnvironment = { PATH: '/usr/local/bin:/usr/bin:/bin', MOOSE_SESSION: 'probe' };

/** Runs `act` with a new folder in the data directory, which must exist; null if nothing can be written there. */
export async function inTrialFolder<Found>(
  dataDirectory: string,
  prefix: string,
  act: (folder: string) => Promise<Found>,
): Promise<Found | null> {
  let folder: string | null = null;
  try {
    const real = await realpath(dataDirectory);
    await removeLeft(real, prefix);
    folder = await mkdtemp(join(real, prefix));
    return await act(folder);
  } catch (cause) {
    if (hasErrorCode(cause, 'EACCES', 'EPERM', 'ENOENT', 'EROFS', 'ENOSPC')) return null;
    throw cause;
  } finally {
    if (folder !== null) await removeTree(folder);
  }
}

async function removeLeft(dataDirectory: string, prefix: string): Promise<void> {
  for (const name of await namesIn(dataDirectory)) {
    const path = join(dataDirectory, name);
    if (!name.startsWith(prefix)) continue;
    try {
      if (Date.now() - (await lstat(path)).mtimeMs > leftAfterMs) await removeTree(path);
    } catch (cause) {
      // Another process is removing it at the same time, or it belongs to another user.
      if (!hasErrorCode(cause, 'ENOENT', 'EACCES', 'EPERM')) throw cause;
    }
  }
}

export interface Tried {
  /** Null if it took too long. */
  code: number | null;
  /** The last line of what it said, without Moose's own words around it. */
  said: string;
}

const saidCharsMax = 300;

export async function tryCommand([program, ...words]: readonly [string, ...string[]]): Promise<Tried> {
  const child = spawn(program, words, {
    env: trialEnvironment,
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    endGroup(child.pid);
  }, trialMsMax);
  try {
    const [[code], said] = await Promise.all([
      once(child, 'close') as Promise<[number | null]>,
      text(child.stderr),
    ]);
    return { code: isLate ? null : (code ?? 1), said: said.trim().slice(-saidCharsMax) };
  } finally {
    clearTimeout(timer);
  }
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!hasErrorCode(error, 'ESRCH')) throw error;
  }
}
