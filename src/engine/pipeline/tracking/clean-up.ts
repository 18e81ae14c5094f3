// Shows which data of finished work is due for deletion, and deletes it now (R-DIST-6). The worker's jobs use the same
// functions: they delete nothing that is neither pushed nor preserved, and nothing of waiting work.
import type { Cleanup } from '../../../contract/contract.ts';
import { treeSize } from '../../../stdx/files/tree-size.ts';
import { oldOutput } from '../../../store/work/sessions/session-output.ts';
import { type Found, oldBundles } from '../../../store/work/work-orders/finished-long-ago.ts';
import type { EngineSettings } from '../../policy/engine-settings.ts';
import { removeOldOutput } from '../../run/effects/old-output-job.ts';
import { removeBundles } from '../../run/effects/old-records-job.ts';
import {
  type FolderOfFinished,
  keptFrom,
  listFinished,
  type RetentionDeps,
  removeFinished,
} from '../../run/effects/retention-job.ts';
import { listDroppable, pruneJob } from '../../workplace/prepared/prune-job.ts';

export interface CleanupDeps extends RetentionDeps {
  settings: Pick<
    EngineSettings,
    'host' | 'dataDirectory' | 'finishedKeptMs' | 'preparedGbMax' | 'preparedKeptMs'
  >;
}

type Item = Cleanup['items'][number];

interface Part extends Pick<Item, 'kind' | 'place' | 'why' | 'rule'> {
  find(deps: CleanupDeps, signal: AbortSignal): Promise<Pick<Item, 'count' | 'bytes' | 'is_at_least'>>;
  /** Deletes a bounded number; 0 if nothing is left. */
  remove(deps: CleanupDeps, signal: AbortSignal): Promise<number>;
}

const listedMax = 100_000;
/** Measuring ends then, so that a plan is shown in time however much there is. */
const measuringMsMax = 5_000;
const filesMeasuredMax = 200_000;
/** If a cleanup needs more rounds, the jobs delete the rest. */
const roundsMax = 1_000;

const ofFinished = 'settings.limits.finished_kept_ms' as const;

const folder = (kind: Item['kind'], name: FolderOfFinished, why: string): Part => ({
  kind,
  place: 'this machine',
  why,
  rule: ofFinished,
  find: async (deps, signal) => {
    const paths = await listFinished(deps, name, { max: listedMax, signal });
    let bytes = 0;
    let left = filesMeasuredMax;
    const untilMs = deps.clock.now().getTime() + measuringMsMax;
    for (const path of paths) {
      signal.throwIfAborted();
      if (deps.clock.now().getTime() > untilMs) left = 0;
      if (left <= 0) break;
      const size = await treeSize(path, left);
      bytes += size.bytes;
      left = size.left;
    }
    return { count: paths.length, bytes, is_at_least: left <= 0 };
  },
  remove: (deps, signal) => removeFinished(deps, name, signal),
});

const measured = ({ count, bytes }: Found) => ({ count, bytes, is_at_least: false });

const parts: readonly Part[] = [
  folder('session files', 'sessions', 'What agents and checks of finished work orders read and wrote.'),
  folder(
    'home directories',
    'homes',
    'Caches and settings of the programs that worked on finished work orders.',
  ),
  {
    kind: 'prepared dependencies',
    place: 'this machine',
    rule: 'settings.limits.prepared_kept_ms',
    why: 'Results of setups that no work order has used for long, or that take too much space.',
    find: async (deps) => {
      const entries = await listDroppable(deps);
      return measured({ count: entries.length, bytes: entries.reduce((sum, { bytes }) => sum + bytes, 0) });
    },
    remove: async (deps, signal) => {
      // One round drops all of them.
      await pruneJob(deps).run(signal);
      return 0;
    },
  },
  {
    kind: 'stored output',
    place: 'database',
    rule: ofFinished,
    why: 'What agents and checks of finished work orders printed.',
    find: async ({ database, clock, settings }, signal) =>
      measured(await database.run((query) => oldOutput(query, keptFrom(clock, settings)), signal)),
    remove: removeOldOutput,
  },
  {
    kind: 'bundles of pushed commits',
    place: 'database',
    rule: ofFinished,
    why: 'Copies of commits that are pushed, of completed work orders.',
    find: async ({ database, clock, settings }, signal) =>
      measured(await database.run((query) => oldBundles(query, keptFrom(clock, settings)), signal)),
    remove: removeBundles,
  },
];

export interface CleanupRequest {
  /** Nothing is deleted. */
  isPlan: boolean;
  /** Told after each bounded number of items. */
  onDeleted?(count: number): void;
}

export async function cleanUp(
  deps: CleanupDeps,
  { isPlan, signal, onDeleted }: CleanupRequest & { signal: AbortSignal },
): Promise<Cleanup> {
  const items: Item[] = [];
  for (const { kind, place, why, rule, find, remove } of parts) {
    items.push({ kind, place, why, rule, ...(await find(deps, signal)) });
    if (isPlan) continue;
    for (let round = 0; round < roundsMax; round++) {
      const deleted = await remove(deps, signal);
      if (deleted === 0) break;
      onDeleted?.(deleted);
    }
  }
  const before = keptFrom(deps.clock, deps.settings).toISOString();
  return { host: deps.settings.host, before, is_done: !isPlan, items };
}
