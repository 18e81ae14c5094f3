// Removes setup results that nobody has used for a long time, and the least recently used ones if they take too much
// space; never a result that may be in use.
import { join } from 'node:path';
import { lstatIfThere } from '../../../git/run/is-there.ts';
import type { Clock } from '../../../stdx/clock.ts';
import type { PeriodicJob } from '../../background/jobs/periodic-jobs.ts';
import type { EngineSettings } from '../../policy/engine-settings.ts';
import { eachAlone } from '../../questions/each-alone.ts';
import { entriesInUse } from './entries-in-use.ts';
import { cachePath, dropEntry, markFile } from './entry.ts';
import { bytesAllowed, type ListedEntry, listEntries } from './list-entries.ts';

export interface PruneDeps {
  clock: Clock;
  settings: Pick<EngineSettings, 'host' | 'dataDirectory' | 'preparedGbMax' | 'preparedKeptMs'>;
}

const everyMs = 10 * 60_000;
/** Longer than it takes to copy an entry. */
const inUseMs = 15 * 60_000;
/** Longer than any session runs. After that, a worktree that still needs the entry is prepared again. */
const seenMsMax = 48 * 60 * 60_000;
/** Longer than a setup and a copy take, so no session still sees an entry that was set aside. */
export const leftAfterMs = seenMsMax;

/** One job per machine. */
export function pruneJob({ clock, settings }: PruneDeps): PeriodicJob {
  return {
    name: `prepared:${settings.host}`,
    everyMs,
    run: async (signal) => {
      await eachAlone(await listDroppable({ clock, settings }), dropUnlessUsed, signal);
    },
  };
}

/** What the next round of the job drops. */
export async function listDroppable({ clock, settings }: PruneDeps): Promise<PrunedEntry[]> {
  const { dataDirectory, preparedGbMax, preparedKeptMs } = settings;
  if ((await lstatIfThere(cachePath(dataDirectory))) === null) return [];
  const limits = { bytesMax: await bytesAllowed(dataDirectory, preparedGbMax), keptMs: preparedKeptMs };
  const used = await entriesInUse(dataDirectory, new Date(clock.now().getTime() - seenMsMax));
  const free = (await listEntries(dataDirectory)).map((entry) => ({
    ...entry,
    isUsed: used.has(entry.path),
  }));
  return entriesToDrop(free, limits, clock.now());
}

/** A work order may have taken it since the entries were listed. */
async function dropUnlessUsed({ path, usedAt, isWhole }: ListedEntry): Promise<void> {
  const found = isWhole ? await lstatIfThere(join(path, markFile)) : null;
  if (found === null || found.mtime.getTime() === usedAt.getTime()) await dropEntry(path);
}

export interface PrunedEntry extends ListedEntry {
  /** Sessions of a worktree see it. */
  isUsed?: boolean;
}

/** Pure. */
export function entriesToDrop(
  entries: readonly PrunedEntry[],
  { bytesMax, keptMs }: { bytesMax: number; keptMs: number },
  now: Date,
): PrunedEntry[] {
  const unusedMs = ({ usedAt }: ListedEntry) => now.getTime() - usedAt.getTime();
  const left = entries.filter((entry) => !entry.isWhole && unusedMs(entry) > leftAfterMs);
  const whole = entries.filter(({ isWhole }) => isWhole).sort((a, b) => unusedMs(b) - unusedMs(a));
  let bytes = whole.reduce((sum, entry) => sum + entry.bytes, 0);
  const old = whole.filter((entry) => {
    const isTooMuch = unusedMs(entry) > keptMs || bytes > bytesMax;
    if (!isTooMuch || entry.isUsed || unusedMs(entry) < inUseMs) return false;
    bytes -= entry.bytes;
    return true;
  });
  return [...left, ...old];
}
