// Measures the free resources of this machine or container.
import { readFile, statfs } from 'node:fs/promises';
import { availableParallelism, freemem, loadavg, platform, totalmem } from 'node:os';
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
  const [disk, memoryFreeShare] = await Promise.all([scarcerDisk(source.dataDirectory), memoryShare(source)]);
  return {
    ...disk,
    memoryFreeShare,
    // Windows has no load average and reports 0.
    loadPerCore: platform() === 'win32' ? null : (loadavg()[0] ?? 0) / availableParallelism(),
    eventLoopLagMs: source.eventLoopLagMs(),
    databaseWaiting: source.databaseWaiting(),
  };
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

/** The smaller of the machine's share and the container's. */
async function memoryShare({ ownGroups, cgroupRoot }: PressureSource): Promise<number> {
  const ofMachine = freemem() / totalmem();
  const text = await textOf(ownGroups ?? '/proc/self/cgroup');
  const groups = memoryGroups(text ?? '', cgroupRoot ?? '/sys/fs/cgroup');
  const shares = await Promise.all(groups.map(groupShare));
  return Math.min(ofMachine, ...shares.filter((share) => share !== null));
}

/** The kernel's file names in each version of control groups. */
const memoryFiles = {
  v2: { limit: 'memory.max', used: 'memory.current', reclaimable: /^inactive_file (\d+)$/m },
  v1: {
    limit: 'memory.limit_in_bytes',
    used: 'memory.usage_in_bytes',
    reclaimable: /^total_inactive_file (\d+)$/m,
  },
} as const;

interface MemoryGroup {
  directory: string;
  files: (typeof memoryFiles)[keyof typeof memoryFiles];
}

/** Maximum number of control group levels above this process's own. */
const groupLevelsMax = 16;

/**
 * This process's own group and all groups above it, any of which may limit it. `text` has lines of
 * `number:controllers:path`.
 */
function memoryGroups(text: string, root: string): MemoryGroup[] {
  return text.split('\n').flatMap((line): MemoryGroup[] => {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (path === undefined || controllers === undefined) return [];
    if (controllers === '')
      return withParents(path).map((one) => ({ directory: join(root, one), files: memoryFiles.v2 }));
    if (!controllers.split(',').includes('memory')) return [];
    return withParents(path).map((one) => ({ directory: join(root, 'memory', one), files: memoryFiles.v1 }));
  });
}

function withParents(path: string): string[] {
  const paths = [path];
  for (let one = path; one !== '/' && paths.length < groupLevelsMax; paths.push(one)) one = dirname(one);
  return paths;
}

async function groupShare({ directory, files }: MemoryGroup): Promise<number | null> {
  const [limit, used, stat] = await Promise.all(
    [files.limit, files.used, 'memory.stat'].map((file) => textOf(join(directory, file))),
  );
  const max = Number(limit ?? Number.NaN);
  // A group without a limit has `max`, or a number larger than any machine's memory.
  if (!(max > 0) || used === null || used === undefined) return null;
  // Memory that only caches files can be freed immediately.
  const reclaimable = Number(files.reclaimable.exec(stat ?? '')?.[1] ?? 0);
  return Math.max(0, Math.min(1, 1 - (Number(used) - reclaimable) / max));
}

/** Null if the file does not exist or may not be read: then it sets no known limit. */
function textOf(path: string): Promise<string | null> {
  return readFile(path, 'utf8').then(
    (text) => text.trim(),
    () => null,
  );
}
