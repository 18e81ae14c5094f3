// The files of a control group: what is written to limit it, and what it has counted. The two versions of the kernel's
// interface differ in names, units and the words for 'no limit'.

import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import type { SessionLimits, SessionUse } from '../../domain/machine/session-limits.ts';
import { writePassingNow } from '../../stdx/files/passing-files.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import type { Controller, GroupRoots } from './group-roots.ts';

/** The group of a session for each controller. */
export interface GroupPaths {
  version: GroupRoots['version'];
  of: Partial<Record<Controller, string>>;
}

/** The kernel's period for a limit on processors. */
const cpuPeriodUs = 100_000;

/** Of a group with the usual weight, in the units of the versions. */
const usualWeight = { 1: 1_024, 2: 100 } as const;

/** In version 2, a group gives those below it only the controllers that are named there. */
export function enableControllers({ version, of }: GroupPaths): void {
  if (version === 1) return;
  for (const [controller, group] of Object.entries(of))
    write(group, 'cgroup.subtree_control', `+${controller}`);
}

/** The same for an existing group of the machine, which is changed only if it must be. */
export function giveController(version: GroupRoots['version'], controller: Controller, group: string): void {
  if (version === 1) return;
  const given = read(group, 'cgroup.subtree_control')?.trim().split(' ') ?? [];
  if (!given.includes(controller)) write(group, 'cgroup.subtree_control', `+${controller}`);
}

/** The groups of one data directory, which hold those of its sessions. */
export function limitParent({ version, of }: GroupPaths, limits: SessionLimits): void {
  if (of.memory !== undefined) limitMemory(version, of.memory, limits.memoryBytesOfAll);
}

/**
 * All sessions together weigh as much as one service beside them. Where single processes are beside them, they weigh as much as
 * one busy process for each session, but never more than can run at once: what idle sessions do not use, a busy one gets,
 * and Moose's own parts must keep enough.
 */
export function weighParent({ version, of }: GroupPaths): void {
  if (of.cpu === undefined) return;
  const arePeersProcesses = version === 1 || (read(dirname(of.cpu), 'cgroup.procs') ?? '') !== '';
  const sessions = Math.min(foldersIn(of.cpu).length, availableParallelism());
  const weight = usualWeight[version] * (arePeersProcesses ? Math.max(sessions, 1) : 1);
  writeIfThere(of.cpu, version === 2 ? 'cpu.weight' : 'cpu.shares', String(weight));
}

export function limitGroup({ version, of }: GroupPaths, limits: SessionLimits): void {
  const { memoryBytes, processes, cpus } = limits;
  if (of.memory !== undefined) {
    limitMemory(version, of.memory, memoryBytes);
    // Then the kernel ends the whole session. Version 1 ends one process of it, and Moose ends the others.
    if (version === 2) write(of.memory, 'memory.oom.group', '1');
  }
  if (of.pids !== undefined) write(of.pids, 'pids.max', String(processes));
  if (of.cpu === undefined || cpus === null) return;
  const quota = String(Math.round(cpus * cpuPeriodUs));
  if (version === 2) write(of.cpu, 'cpu.max', `${quota} ${cpuPeriodUs}`);
  else write(of.cpu, 'cpu.cfs_quota_us', quota);
}

function limitMemory(version: GroupRoots['version'], group: string, bytes: number): void {
  if (version === 2) {
    write(group, 'memory.max', String(bytes));
    writeIfThere(group, 'memory.swap.max', '0');
    return;
  }
  // The limit with swap may not be below the one without, whether the limits are raised or lowered.
  const both = ['memory.limit_in_bytes', 'memory.memsw.limit_in_bytes'] as const;
  try {
    write(group, both[0], String(bytes));
    writeIfThere(group, both[1], String(bytes));
  } catch (error) {
    if (!hasErrorCode(error, 'EINVAL')) throw error;
    writeIfThere(group, both[1], String(bytes));
    write(group, both[0], String(bytes));
  }
}

/** From then on, no process of the group can start another one: whoever is killed is not replaced. */
export function stopForks({ of }: GroupPaths): void {
  if (of.pids !== undefined) writeIfThere(of.pids, 'pids.max', '0');
}

export function processesIn({ of }: GroupPaths): number[] {
  const [group] = Object.values(of);
  const text = group === undefined ? null : read(group, 'cgroup.procs');
  return (text ?? '').split('\n').filter(Boolean).map(Number);
}

export function readUse({ version, of }: GroupPaths): SessionUse {
  return version === 2 ? countedByVersion2(of) : countedByVersion1(of);
}

function countedByVersion1({ memory, pids, cpuacct }: GroupPaths['of']): SessionUse {
  const cpuNs = number(cpuacct, 'cpuacct.usage');
  return {
    memoryPeakBytes:
      number(memory, 'memory.memsw.max_usage_in_bytes') ?? number(memory, 'memory.max_usage_in_bytes'),
    processesPeak: number(pids, 'pids.peak'),
    cpuMs: cpuNs === null ? null : Math.round(cpuNs / 1_000_000),
    memoryKills: field(memory, 'memory.oom_control', 'oom_kill') ?? 0,
    processesRefused: field(pids, 'pids.events', 'max') ?? 0,
  };
}

function countedByVersion2({ memory, pids, cpu }: GroupPaths['of']): SessionUse {
  const cpuUs = field(cpu ?? memory, 'cpu.stat', 'usage_usec');
  return {
    memoryPeakBytes: number(memory, 'memory.peak'),
    processesPeak: number(pids, 'pids.peak'),
    cpuMs: cpuUs === null ? null : Math.round(cpuUs / 1_000),
    memoryKills: field(memory, 'memory.events', 'oom_kill') ?? 0,
    processesRefused: field(pids, 'pids.events', 'max') ?? 0,
  };
}

function number(group: string | undefined, file: string): number | null {
  const text = group === undefined ? null : read(group, file)?.trim();
  return text && /^\d+$/.test(text) ? Number(text) : null;
}

/** The number after the name, on the line that begins with it. */
function field(group: string | undefined, file: string, name: string): number | null {
  const text = group === undefined ? null : read(group, file);
  const line = text?.split('\n').find((each) => each.startsWith(`${name} `));
  return line === undefined ? null : Number(line.slice(name.length + 1));
}

/** The groups below it; none if it is gone. */
export function foldersIn(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [entry.name] : [],
    );
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** Null for what a kernel does not have, of a group that is gone, and what the kernel does not say of a threaded one. */
function read(group: string, file: string): string | null {
  try {
    return readFileSync(join(group, file), 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENODEV', 'EOPNOTSUPP', 'ENOTSUP')) return null;
    throw error;
  }
}

function write(group: string, file: string, text: string): void {
  writePassingNow(join(group, file), text, { flag: 'r+' });
}

/** Files that some kernels do not have, and groups that are gone. */
function writeIfThere(group: string, file: string, text: string): void {
  try {
    write(group, file, text);
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT', 'ENODEV')) throw error;
  }
}
