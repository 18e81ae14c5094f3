// Measures what this machine, or the container that it is, has left.
import { readFile, statfs } from 'node:fs/promises';
import { availableParallelism, freemem, loadavg, platform, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import type { PressureReading } from './pressure.ts';

export interface PressureSource {
  dataDirectory: string;
  /** Milliseconds since the last question; it begins anew with each. */
  eventLoopLagMs(): number;
  databaseWaiting(): number;
  /** Where the kernel shows the limits of containers. */
  cgroupRoot?: string;
}

/** Never rejects: what cannot be measured is null. */
export async function measurePressure(source: PressureSource): Promise<PressureReading> {
  const [disk, memoryFreeShare] = await Promise.all([diskOf(source.dataDirectory), memoryShare(source)]);
  return {
    ...disk,
    memoryFreeShare,
    // Windows has no such figure and says 0.
    loadPerCore: platform() === 'win32' ? null : (loadavg()[0] ?? 0) / availableParallelism(),
    eventLoopLagMs: source.eventLoopLagMs(),
    databaseWaiting: source.databaseWaiting(),
  };
}

async function diskOf(directory: string): Promise<Pick<PressureReading, 'diskFreeBytes' | 'diskFreeShare'>> {
  const found = await statfs(directory).catch(() => null);
  // Some network disks say that they have no blocks at all.
  if (!found || found.blocks === 0) return { diskFreeBytes: null, diskFreeShare: null };
  return { diskFreeBytes: found.bavail * found.bsize, diskFreeShare: found.bavail / found.blocks };
}

/** The scarcer one of the machine's and of the container's. */
async function memoryShare({ cgroupRoot = '/sys/fs/cgroup' }: PressureSource): Promise<number> {
  const ofMachine = freemem() / totalmem();
  const ofContainer = await containerShare(cgroupRoot);
  return Math.min(ofMachine, ofContainer ?? 1);
}

/** Levels of control groups above this process's that are looked at. */
const cgroupLevelsMax = 16;

/** The smallest share of all limits above this process (cgroup v2); null where there is none. */
async function containerShare(root: string): Promise<number | null> {
  const own = (await textOf('/proc/self/cgroup'))?.split('\n').find((line) => line.startsWith('0::'));
  if (own === undefined) return null;
  const shares: number[] = [];
  let path = own.slice('0::'.length);
  for (let level = 0; level < cgroupLevelsMax; level++) {
    const share = await groupShare(join(root, path));
    if (share !== null) shares.push(share);
    if (path === '/' || path === '.') break;
    path = dirname(path);
  }
  return shares.length === 0 ? null : Math.min(...shares);
}

async function groupShare(group: string): Promise<number | null> {
  const [max, current, stat] = await Promise.all(
    ['memory.max', 'memory.current', 'memory.stat'].map((file) => textOf(join(group, file))),
  );
  const limit = Number(max);
  if (!(limit > 0) || current === null || current === undefined) return null;
  // Files that are kept in memory in case somebody reads them again can be given up at once.
  const reclaimable = Number(/^inactive_file (\d+)$/m.exec(stat ?? '')?.[1] ?? 0);
  return Math.max(0, Math.min(1, 1 - (Number(current) - reclaimable) / limit));
}

/** Null where there is no such file, or it may not be read: then it limits nothing that is known. */
function textOf(path: string): Promise<string | null> {
  return readFile(path, 'utf8').then(
    (text) => text.trim(),
    () => null,
  );
}
