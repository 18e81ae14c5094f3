// Deletes the session files and homes of finished work from this machine's disk after a time.
// Branches, commits, artifacts and all rows stay; worktrees are not affected (R-PIPE-14).
import { join } from 'node:path';
import { clearImages } from '../../sessions/images/clear-images.ts';
import type { Clock } from '../../stdx/clock.ts';
import { namesIn } from '../../stdx/names-in.ts';
import { removeTree } from '../../stdx/remove-tree.ts';
import type { Database } from '../../store/database.ts';
import { sessionsLongOver, shortIdsLongOver } from '../../store/work/finished-long-ago.ts';
import type { UpkeepJob } from '../jobs/upkeep.ts';
import type { EngineSettings } from '../policy/engine-settings.ts';
import { eachAlone } from '../questions/each-alone.ts';

export interface RetentionDeps {
  database: Database;
  clock: Clock;
  settings: Pick<EngineSettings, 'host' | 'dataDirectory' | 'finishedKeptMs'>;
}

const everyMs = 10 * 60_000;
/** Maximum per kind and round; the rest follows in the next round. */
const clearedPerLookMax = 500;
const askedAtOnce = 1_000;

const kinds = [
  {
    directory: 'sessions',
    named: /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/,
    longOver: sessionsLongOver,
  },
  { directory: 'homes', named: /^[0-9a-f]{8}$/, longOver: shortIdsLongOver },
] as const;

/** One job per machine. */
export function retentionJob({ database, clock, settings }: RetentionDeps): UpkeepJob {
  return {
    name: `retention:${settings.host}`,
    everyMs,
    run: async (signal) => {
      const before = new Date(clock.now().getTime() - settings.finishedKeptMs);
      for (const { directory, named, longOver } of kinds) {
        const root = join(settings.dataDirectory, directory);
        const names = (await namesIn(root)).filter((name) => named.test(name)).sort();
        const over: string[] = [];
        for (let at = 0; at < names.length && over.length < clearedPerLookMax; at += askedAtOnce) {
          const some = names.slice(at, at + askedAtOnce);
          over.push(...(await database.run((query) => longOver(query, some, before), signal)));
        }
        const now = over.slice(0, clearedPerLookMax);
        await eachAlone(now, (name) => removeTree(join(root, name)), signal);
      }
      await clearImages(settings.dataDirectory, before);
    },
  };
}

/** Oldest first, because IDs begin with their time. */
