// Reads /proc: which processes run, in which group, since when, and with which environment.

import { closeSync, existsSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from 'node:fs';
import { readBootId } from '../stdx/boot-id.ts';
import { hasErrorCode } from '../stdx/system-error.ts';

export interface ProcessEntry {
  pid: number;
  command: string;
  state: string;
  parentPid: number;
  groupId: number;
  threads: number;
  /** Clock ticks since boot when it began. */
  startTicks: number;
}

/** The error codes of reading about a process that has just died, or that may not be inspected. */
const goneOrForeign = ['ENOENT', 'ESRCH', 'EACCES', 'EPERM'];

/** The process, including dead but unreaped ones; null if there is none. */
export function readProcess(pid: number): ProcessEntry | null {
  const stat = readStat(pid);
  if (stat === null) return null;
  // The command is in parentheses and may contain spaces and parentheses itself.
  const open = stat.indexOf('(');
  const close = stat.lastIndexOf(')');
  const fields = stat.slice(close + 2).split(' ');
  return {
    pid,
    command: stat.slice(open + 1, close),
    state: fields[0] ?? '?',
    parentPid: Number(fields[1]),
    groupId: Number(fields[2]),
    threads: Number(fields[17]),
    startTicks: Number(fields[19]),
  };
}

/** Longer than the line of any process. One for all, since a look reads hundreds: a buffer for each costs more than the line. */
const statLine = Buffer.alloc(4_096);

function readStat(pid: number): string | null {
  let file: number | null = null;
  try {
    file = openSync(`/proc/${pid}/stat`, 'r');
    return statLine.toString('utf8', 0, readSync(file, statLine, 0, statLine.length, null));
  } catch (error) {
    if (hasErrorCode(error, ...goneOrForeign)) return null;
    throw error;
  } finally {
    if (file !== null) closeSync(file);
  }
}

/** A zombie is dead, unless it is a main thread that ended before the others. */
export function isDead(entry: ProcessEntry): boolean {
  return entry.state === 'X' || (entry.state === 'Z' && entry.threads <= 1);
}

export function listPids(): number[] {
  const pids: number[] = [];
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (Number.isInteger(pid) && pid > 0) pids.push(pid);
  }
  return pids;
}

/** Whether `name=value` is in the environment that the process was started with. */
export function hasEnvironmentEntry(pid: number, entry: string): boolean {
  return readOrNull(`/proc/${pid}/environ`)?.includes(entry) ?? false;
}

/** Whether the process has this file open for writing. */
export function hasOpenForWriting(pid: number, path: string): boolean {
  try {
    for (const descriptor of readdirSync(`/proc/${pid}/fd`)) {
      if (readLinkOrNull(`/proc/${pid}/fd/${descriptor}`) !== path) continue;
      const flags = /^flags:\s*([0-7]+)$/m.exec(
        readOrNull(`/proc/${pid}/fdinfo/${descriptor}`)?.toString('utf8') ?? '',
      );
      // The last octal digit is the access mode; 0 is read only.
      if (flags !== null && Number.parseInt(flags[1] ?? '0', 8) % 4 !== 0) return true;
    }
    return false;
  } catch (error) {
    if (hasErrorCode(error, ...goneOrForeign)) return false;
    throw error;
  }
}

/** The paths of the files that the process has open; none if it may not be inspected. */
export function openPaths(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap(
      (descriptor) => readLinkOrNull(`/proc/${pid}/fd/${descriptor}`) ?? [],
    );
  } catch (error) {
    if (hasErrorCode(error, ...goneOrForeign)) return [];
    throw error;
  }
}

/**
 * Distinguishes machines with the same name, and containers on one machine: processes with the same value see each
 * other. Empty if the system does not tell.
 */
export function readMachineId(): string {
  if (!existsSync('/proc/self/ns/pid')) return '';
  return `${readBootId()} ${readlinkSync('/proc/self/ns/pid')}`;
}

/** The clock tick that Linux shows to programs, on every architecture that Node runs on. */
const ticksPerSecond = 100;

/** How long ago it began, by the clock that counts since boot; null for a process from another boot. */
export function ageMsOf({ startTicks, bootId }: { startTicks: number; bootId: string }): number | null {
  if (bootId !== readBootId()) return null;
  const [uptimeSeconds] = readFileSync('/proc/uptime', 'utf8').split(' ');
  return Math.max(0, (Number(uptimeSeconds) - startTicks / ticksPerSecond) * 1_000);
}

function readOrNull(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if (hasErrorCode(error, ...goneOrForeign)) return null;
    throw error;
  }
}

function readLinkOrNull(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (hasErrorCode(error, ...goneOrForeign)) return null;
    throw error;
  }
}
