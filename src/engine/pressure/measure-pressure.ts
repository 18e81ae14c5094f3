// Measures the free resources of this machine or container.
import { readFile, statfs } from 'node:fs/promises';
import { availableParallelism, freemem, loadavg, platform, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import type { PressureReading } from './pressure.ts';

export interface PressureSource {
  dataDirectory: string;
  /** Milliseconds since the last question; it starts again with each. */
  eventLoopLagMs(): number;
  databaseWaiting(): number;
  /** Where the kernel shows which control groups this process is in, and their limits. */
  ownGroups?: string;
  cgroupRoot?: string;
}

/** Never rejects: what cannot be measured is null. */
export async function measurePressure(source: PressureSource): Promise<PressureReading> {
  const [disk, memoryFreeShare] = await Promise.all([scarcerDisk(source.dataDirectory), memoryShare(source)]);
  return {
    ...disk,
    memoryFreeShare,
    // Windows has no such figure and says 0.
    loadPerCore: platform() === 'win32' ? null : (loadavg()[0] ?? 0) / availableParallelism(),
    eventLoopLagMs: source.eventLoopLagMs(),
    databaseWaiting: source.databaseWaiting(),
  };
}

/** Of the data directory, and of the embedded server where that has a disk of its own. */
async function scarcerDisk(dataDirectory: string) {
  const [own, server] = await Promise.all([diskOf(dataDirectory), diskOf(join(dataDirectory, 'postgres'))]);
  return (server.diskFreeBytes ?? Number.POSITIVE_INFINITY) < (own.diskFreeBytes ?? 0) ? server : own;
}

async function diskOf(directory: string): Promise<Pick<PressureReading, 'diskFreeBytes' | 'diskFreeShare'>> {
  const found = await statfs(directory).catch(() => null);
  // Some network disks say that they have no blocks at all.
  if (!found || found.blocks === 0) return { diskFreeBytes: null, diskFreeShare: null };
  return { diskFreeBytes: found.bavail * found.bsize, diskFreeShare: found.bavail / found.blocks };
}

/** The scarcer one of the machine's and of the container's. */
async function memoryShare({ ownGroups, cgroupRoot }: PressureSource): Promise<number> {
  const ofMachine = freemem() / totalmem();
  const text = await textOf(ownGroups ?? '/proc/self/cgroup');
  const groups = memoryGroups(text ?? '', cgroupRoot ?? '/sys/fs/cgroup');
  const shares = await Promise.all(groups.map(groupShare));
  return Math.min(ofMachine, ...shares.filter((share) => share !== null));
}

/** How the kernel calls it in each version of its control groups. */
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

/** Levels of control groups above this process's that are looked at. */
const groupLevelsMax = 16;

/** Its own and all above it: any of them may limit it. `text` has lines of `number:controllers:path`. */
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
  // A group without a limit says `max`, or a number that is no machine's.
  if (!(max > 0) || used === null || used === undefined) return null;
  // Files that are kept in memory in case someone reads them again can be given up at once.
  const reclaimable = Number(files.reclaimable.exec(stat ?? '')?.[1] ?? 0);
  return Math.max(0, Math.min(1, 1 - (Number(used) - reclaimable) / max));
}

/** Null where there is no such file, or it may not be read: then it limits nothing that is known. */
function textOf(path: string): Promise<string | null> {
  return readFile(path, 'utf8').then(
    (text) => text.trim(),
    () => null,
  );
}
