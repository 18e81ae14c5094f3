// Processor time of all processes that work on a work order. Unlike elapsed time, it hardly depends on other load on
// the machine. Read from /proc; null if there is none.

import { readdirSync, readFileSync } from 'node:fs';

export interface CpuSeconds {
  /** This process: Moose's own code, the database driver, and the benchmark's own work. */
  moose: number;
  /** The launcher, and what has ended of what it and Moose started: git, wrappers, agents, checks. */
  children: number;
  postgres: number;
}

/** USER_HZ: 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

export function cpuSeconds(postmasterPid: number): CpuSeconds | null {
  const own = statOf(process.pid);
  const postmaster = statOf(postmasterPid);
  if (own === null || postmaster === null) return null;
  const pids = listPids();
  const backends = pids.map(statOf).filter((stat) => stat?.parent === postmasterPid);
  const launchers = pids.filter(isLauncher).map(statOf);
  const living = backends.reduce((seconds, stat) => seconds + (stat?.self ?? 0), 0);
  return {
    moose: own.self,
    children: launchers.reduce(
      (seconds, stat) => seconds + (stat === null ? 0 : stat.self + stat.children),
      own.children,
    ),
    postgres: postmaster.self + postmaster.children + living,
  };
}

export function cpuBetween(before: CpuSeconds | null, after: CpuSeconds | null): CpuSeconds | null {
  if (before === null || after === null) return null;
  return {
    moose: after.moose - before.moose,
    children: after.children - before.children,
    postgres: after.postgres - before.postgres,
  };
}

/** Null if the process is gone, or this user may not inspect it. */
export function statOf(pid: number): { parent: number; self: number; children: number } | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  // proc_pid_stat(5): the name may contain anything; the fields after it start with the third one.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const seconds = (...at: number[]) =>
    at.reduce((sum, field) => sum + Number(fields[field - 3] ?? 0), 0) / ticksPerSecond;
  return { parent: Number(fields[1]), self: seconds(14, 15), children: seconds(16, 17) };
}

/** It lives as long as this process has work for it, so its time is not yet that of a child that has ended. */
function isLauncher(pid: number): boolean {
  try {
    return (
      statOf(pid)?.parent === process.pid &&
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('launcher-program')
    );
  } catch {
    return false;
  }
}

function listPids(): number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}
