// Deletes the session files and homes of finished work from this machine's disk after a time.
// Branches, commits, artifacts and all rows stay; worktrees are not affected (R-PIPE-14).
import { join } from 'node:path';
import type { Logger } from 'pino';
import { clearImages } from '../../../sessions/images/clear-images.ts';
import type { Clock } from '../../../stdx/clock.ts';
import { removeTree } from '../../../stdx/files/remove-tree.ts';
import { namesIn } from '../../../stdx/text/names-in.ts';
import type { Database } from '../../../store/database.ts';
import { sessionsLongOver, shortIdsLongOver } from '../../../store/work/work-orders/finished-long-ago.ts';
import type { PeriodicJob } from '../../background/jobs/periodic-jobs.ts';
import type { EngineSettings } from '../../policy/engine-settings.ts';
import { eachAlone } from '../../questions/each-alone.ts';

export interface RetentionDeps {
  database: Database;
  /** Called with what was deleted. */
  logger?: Logger;
  clock: Clock;
  settings: Pick<EngineSettings, 'host' | 'dataDirectory' | 'finishedKeptMs'>;
}

const everyMs = 10 * 60_000;
/** Maximum per kind and round; the rest follows in the next round. */
const clearedPerLookMax = 500;
const askedAtOnce = 1_000;

export type FolderOfFinished = 'sessions' | 'homes';

const kinds = [
  {
    directory: 'sessions',
    named: /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/,
    longOver: sessionsLongOver,
  },
  { directory: 'homes', named: /^[0-9a-f]{8}$/, longOver: shortIdsLongOver },
] as const;

/** One job per machine. */
export function retentionJob(deps: RetentionDeps): PeriodicJob {
  const { clock, settings } = deps;
  return {
    name: `retention:${settings.host}`,
    everyMs,
    run: async (signal) => {
      for (const { directory } of kinds) await removeFinished(deps, directory, signal);
      await clearImages(settings.dataDirectory, keptFrom(clock, settings));
    },
  };
}

/** Files of work that ended before this time are deleted. */
export function keptFrom(clock: Clock, { finishedKeptMs }: Pick<EngineSettings, 'finishedKeptMs'>): Date {
  return new Date(clock.now().getTime() - finishedKeptMs);
}

/** The paths that are to be deleted, oldest first, because IDs begin with their time. */
export async function listFinished(
  { database, clock, settings }: RetentionDeps,
  folder: FolderOfFinished,
  { max, signal }: { max: number; signal: AbortSignal },
): Promise<string[]> {
  const root = join(settings.dataDirectory, folder);
  const kind = kinds.find(({ directory }) => directory === folder);
  if (kind === undefined) return [];
  const before = keptFrom(clock, settings);
  const names = (await namesIn(root)).filter((name) => kind.named.test(name)).sort();
  const paths: string[] = [];
  for (let at = 0; at < names.length && paths.length < max; at += askedAtOnce) {
    const some = names.slice(at, at + askedAtOnce);
    const over = await database.run((query) => kind.longOver(query, some, before), signal);
    const there = over.map((name) => join(root, name));
    paths.push(...(folder === 'homes' ? await withMoreThanMemo(there) : there));
  }
  return paths.slice(0, max);
}

/** A home with nothing but its memo is kept, and must not take the turn of another one. */
async function withMoreThanMemo(homes: readonly string[]): Promise<string[]> {
  const content = await Promise.all(homes.map(namesIn));
  return homes.filter((_, index) => String(content[index]) !== copiedFilesMemo);
}

/**
 * Records which files of a person were copied into the worktree. It stays: a failed work order may be retried, and
 * these files never become part of its change.
 */
export const copiedFilesMemo = 'copied.json';
const isNoMemo = (name: string) => name !== copiedFilesMemo;

/** A home without its memo is deleted as a whole. */
async function removeHome(path: string): Promise<void> {
  const names = await namesIn(path);
  if (names.every(isNoMemo)) await removeTree(path);
  else for (const name of names.filter(isNoMemo)) await removeTree(join(path, name));
}

/** Deletes some of them, and returns their number. */
export async function removeFinished(
  deps: RetentionDeps,
  folder: FolderOfFinished,
  signal: AbortSignal,
): Promise<number> {
  const paths = await listFinished(deps, folder, { max: clearedPerLookMax, signal });
  await eachAlone(paths, folder === 'homes' ? removeHome : removeTree, signal);
  if (paths.length > 0) deps.logger?.info({ folder, count: paths.length }, 'deleted files of finished work');
  return paths.length;
}
