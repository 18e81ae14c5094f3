// Which process serves a data directory: postmaster.pid names one, and that process must really be the server of that
// directory.

import { readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { renamePassing } from '../../stdx/files/passing-files.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';

export interface Postmaster {
  readonly pid: number;
  /** `null` until the server has written it. */
  readonly port: number | null;
  readonly status: 'ready' | 'changing';
}

/** `null` if no process serves `data`, whatever a stale file says. */
export async function findPostmaster(data: string): Promise<Postmaster | null> {
  const postmaster = await readPostmasterFile(data);
  return postmaster !== null && (await isServing(postmaster.pid, data)) ? postmaster : null;
}

/** The lines are: pid, data directory, start time, port, socket directory, address, shared memory key, status. */
async function readPostmasterFile(data: string): Promise<Postmaster | null> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch((cause: unknown) => {
    if (hasErrorCode(cause, 'ENOENT')) return '';
    throw cause;
  });
  const lines = text.split('\n').map((line) => line.trim());
  const pid = Math.abs(Number.parseInt(lines[0] ?? '', 10));
  if (!Number.isInteger(pid) || pid === 0) return null;
  const port = Number.parseInt(lines[3] ?? '', 10);
  return {
    pid,
    port: Number.isInteger(port) ? port : null,
    status: lines[7] === 'ready' ? 'ready' : 'changing',
  };
}

/**
 * PostgreSQL works inside its data directory and names it on its command line. The command line is checked if the
 * working directory may not be read, as for root in a container without CAP_SYS_PTRACE. A zombie has neither. Without
 * /proc, it is enough that the process is alive.
 */
export async function isServing(pid: number, data: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  if (process.platform !== 'linux') return true;
  const workingDirectory = await readlink(`/proc/${pid}/cwd`).catch(() => null);
  if (workingDirectory !== null) return workingDirectory === data;
  return (await commandLine(pid)).includes(data);
}

async function commandLine(pid: number): Promise<string[]> {
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return hasErrorCode(cause, 'EPERM');
  }
}

/**
 * A process that has ended but was never reaped: in a container whose first process reaps nothing, it stays a zombie
 * forever.
 */
async function isZombie(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return / Z /.test(stat.slice(stat.lastIndexOf(')') + 1).slice(0, 3));
}

/**
 * After a container restart, the PID of a dead server often belongs to another program, and PostgreSQL refuses to start
 * while that program runs. Call this only under the start lock, and only if `findPostmaster` found nobody: PostgreSQL
 * itself still checks for shared memory in use by old backends.
 */
export async function setStaleFileAside(data: string): Promise<void> {
  const stale = await readPostmasterFile(data);
  if (stale === null || !isAlive(stale.pid)) return;
  const isKnownProgram = (await commandLine(stale.pid)).join('') !== '';
  if (!isKnownProgram && !(await isZombie(stale.pid))) return;
  await renamePassing(join(data, 'postmaster.pid'), join(data, 'postmaster.pid.stale'));
}
