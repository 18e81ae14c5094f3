// Measures the free resources of this machine or container.
import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { cpus, freemem, loadavg, platform, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import type { PressureReading } from './pressure.ts';

export interface PressureSource {
  dataDirectory: string;
  /** The longest delay in milliseconds since the last call; each call resets it. */
  eventLoopLagMs(): number;
  databaseWaiting(): number;
  /** Where the kernel lists the control groups of this process, and their limits. */
  ownGroups?: string;
  cgroupRoot?: string;
}

/** Never rejects: a value that cannot be measured is null. */
export async function measurePressure(source: PressureSource): Promise<PressureReading> {
  const groups = ownGroups(source);
  const stalls = stallsOf(groups);
  return {
    ...(await scarcerDisk(source.dataDirectory)),
    ...memoryOf(groups),
    ...processesOf(groups),
    ...stalls,
    loadPerCore: stalls.cpuWaitShare === null ? loadPerCore() : null,
    eventLoopLagMs: source.eventLoopLagMs(),
    databaseWaiting: source.databaseWaiting(),
  };
}

/** Asking for them reads the speed of each one. */
let cores: number | undefined;

/**
 * The load average counts the processes of the whole machine, so it is divided by all of its cores, and not by those
 * that this process may use.
 */
function loadPerCore(): number | null {
  // Windows has no load average and reports 0.
  if (platform() === 'win32') return null;
  cores ??= Math.max(1, cpus().length);
  return (loadavg()[0] ?? 0) / cores;
}

type DiskReading = Pick<PressureReading, 'diskFreeBytes' | 'diskFreeShare' | 'filesFree' | 'filesFreeShare'>;

/** The scarcer of the data directory's disk and the embedded server's disk, if that is another one. */
async function scarcerDisk(dataDirectory: string): Promise<DiskReading> {
  const [own, server] = await Promise.all([diskOf(dataDirectory), diskOf(join(dataDirectory, 'postgres'))]);
  const isFuller = (server.diskFreeBytes ?? Number.POSITIVE_INFINITY) < (own.diskFreeBytes ?? 0);
  const hasFewer = (server.filesFree ?? Number.POSITIVE_INFINITY) < (own.filesFree ?? 0);
  const { diskFreeBytes, diskFreeShare } = isFuller ? server : own;
  const { filesFree, filesFreeShare } = hasFewer ? server : own;
  return { diskFreeBytes, diskFreeShare, filesFree, filesFreeShare };
}

async function diskOf(directory: string): Promise<DiskReading> {
  const found = await statfs(directory).catch(() => null);
  // Some network disks report that they have no blocks at all, and some kinds of disk have no limit on files.
  const hasBlocks = found !== null && found.blocks > 0;
  const hasFiles = found !== null && found.files > 0;
  return {
    diskFreeBytes: hasBlocks ? found.bavail * found.bsize : null,
    diskFreeShare: hasBlocks ? found.bavail / found.blocks : null,
    filesFree: hasFiles ? found.ffree : null,
    filesFreeShare: hasFiles ? found.ffree / found.files : null,
  };
}

type MemoryReading = Pick<PressureReading, 'memoryFreeBytes' | 'memoryFreeShare'>;

/** The scarcer of the machine's memory and that of each group above this process. */
function memoryOf(groups: readonly ControlGroup[]): MemoryReading {
  // Asked once: the kernel counts all of its memory for it.
  const max = totalmem();
  const limited = groups.map((group) => memoryOfGroup(group, max));
  const rooms = [room(max, freemem()), ...limited.filter((one) => one !== null)];
  return {
    memoryFreeBytes: Math.min(...rooms.map(({ free }) => free)),
    memoryFreeShare: Math.min(...rooms.map(({ share }) => share)),
  };
}

type ProcessesReading = Pick<PressureReading, 'processesFree' | 'processesFreeShare'>;

/** Threads count as processes here. */
function processesOf(groups: readonly ControlGroup[]): ProcessesReading {
  const limited = groups.map(processesOfGroup);
  const rooms = limited.filter((one) => one !== null);
  if (rooms.length === 0) return { processesFree: null, processesFreeShare: null };
  return {
    processesFree: Math.min(...rooms.map(({ free }) => free)),
    processesFreeShare: Math.min(...rooms.map(({ share }) => share)),
  };
}

type StallsReading = Pick<PressureReading, 'cpuWaitShare' | 'memoryStallShare'>;

/** Pressure stall information of this process's own group; only groups of version 2 have it. */
function stallsOf(groups: readonly ControlGroup[]): StallsReading {
  const own = groups.find(({ files }) => files === controlFiles.v2);
  if (!own) return { cpuWaitShare: null, memoryStallShare: null };
  const [cpu, memory] = ['cpu.pressure', 'memory.pressure'].map((file) => textOf(join(own.directory, file)));
  return {
    cpuWaitShare: percentage(/^some .*\bavg60=([\d.]+)/m, cpu),
    memoryStallShare: percentage(/^full .*\bavg10=([\d.]+)/m, memory),
  };
}

function percentage(pattern: RegExp, text: string | null | undefined): number | null {
  const found = pattern.exec(text ?? '')?.[1];
  return found === undefined ? null : Number(found) / 100;
}

/** The kernel's file names in each version of control groups. */
const controlFiles = {
  v2: {
    limits: ['memory.max', 'memory.high'],
    used: 'memory.current',
    reclaimable: /^(?:inactive_file|active_file|slab_reclaimable) (\d+)$/gm,
  },
  v1: {
    limits: ['memory.limit_in_bytes'],
    used: 'memory.usage_in_bytes',
    reclaimable: /^(?:total_inactive_file|total_active_file) (\d+)$/gm,
  },
} as const;

interface ControlGroup {
  directory: string;
  files: (typeof controlFiles)[keyof typeof controlFiles];
  controls: { memory: boolean; pids: boolean };
}

/** Maximum number of control group levels above this process's own. */
const groupLevelsMax = 16;

/**
 * This process's own groups, each followed by all groups above it, any of which may limit it. The kernel's lines are
 * `number:controllers:path`; the line of version 2 names no controllers.
 */
function ownGroups({ ownGroups: file, cgroupRoot }: PressureSource): ControlGroup[] {
  const text = textOf(file ?? '/proc/self/cgroup');
  const root = cgroupRoot ?? '/sys/fs/cgroup';
  return (text ?? '').split('\n').flatMap((line): ControlGroup[] => {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (path === undefined || controllers === undefined) return [];
    const paths = withParents(path);
    if (controllers === '') {
      const controls = { memory: true, pids: true };
      return paths.map((one) => ({ directory: join(root, one), files: controlFiles.v2, controls }));
    }
    return controllers.split(',').flatMap((controller) => {
      const controls = { memory: controller === 'memory', pids: controller === 'pids' };
      if (!controls.memory && !controls.pids) return [];
      return paths.map((one) => ({
        directory: join(root, controller, one),
        files: controlFiles.v1,
        controls,
      }));
    });
  });
}

function withParents(path: string): string[] {
  const paths = [path];
  for (let one = path; one !== '/' && paths.length < groupLevelsMax; paths.push(one)) one = dirname(one);
  return paths;
}

interface Room {
  free: number;
  share: number;
}

function room(max: number, free: number): Room {
  const within = Math.max(0, Math.min(max, free));
  return { free: within, share: within / max };
}

/** Null if the group has no limit, which the kernel writes as `max`, or as more than any machine has. */
function memoryOfGroup({ directory, files, controls }: ControlGroup, ofMachine: number): Room | null {
  if (!controls.memory) return null;
  const max = Math.min(...files.limits.map((file) => numberIn(textOf(join(directory, file)))));
  if (!(max > 0 && max < ofMachine)) return null;
  const [used, stat] = [files.used, 'memory.stat'].map((file) => textOf(join(directory, file)));
  if (used === null || used === undefined) return null;
  // Memory that only caches files can be freed immediately.
  const reclaimable = [...(stat ?? '').matchAll(files.reclaimable)].reduce(
    (sum, [, b]) => sum + Number(b),
    0,
  );
  return room(max, max - Number(used) + reclaimable);
}

function processesOfGroup({ directory, controls }: ControlGroup): Room | null {
  if (!controls.pids) return null;
  const [limit, current] = ['pids.max', 'pids.current'].map((file) => textOf(join(directory, file)));
  const max = numberIn(limit);
  const used = numberIn(current);
  return max > 0 && Number.isFinite(max) && Number.isFinite(used) ? room(max, max - used) : null;
}

/** Infinity if there is no number. */
function numberIn(text: string | null | undefined): number {
  const value = Number(text ?? Number.NaN);
  return Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
}

/**
 * Null if the file does not exist or may not be read: then it sets no known limit. No disk is read: the kernel writes these
 * files, and other threads would only pass them on.
 */
function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}
