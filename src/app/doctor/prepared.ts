// How many results of setups this machine keeps, how worktrees get them, and whether sessions could change them.

import type { Diagnosis } from '../../engine/views/diagnosis.ts';
import { cachePath } from '../../engine/workplace/prepared/entry.ts';
import {
  bytesAllowed,
  hasCache,
  listEntries,
  sharesBlocks,
} from '../../engine/workplace/prepared/list-entries.ts';
import { probeIsolation } from '../../sessions/isolation/probe-isolation.ts';
import { probeOverlay } from '../../sessions/isolation/probe-overlay.ts';
import type { Config } from '../config/config.ts';

/** Reports nothing before the first setup has run; another check reports an unreadable folder. */
export async function diagnosePrepared({
  dataDirectory,
  engine,
}: Pick<Config, 'dataDirectory' | 'engine'>): Promise<Diagnosis[]> {
  if (!(await hasCache(dataDirectory))) return [];
  const entries = (await listEntries(dataDirectory)).filter(({ isWhole }) => isWhole);
  const mib = Math.round(entries.reduce((sum, { bytes }) => sum + bytes, 0) / 1024 ** 2);
  const limit = Math.round((await bytesAllowed(dataDirectory, engine.preparedGbMax)) / 1024 ** 2);
  const name = 'prepared dependencies';
  const found = `${entries.length} kept, ${mib} of ${limit} MiB; ${await wayOf(dataDirectory, engine)}`;
  const level = engine.isolation === 'off' ? 'none' : (await probeIsolation()).level;
  if (level === 'files') return [{ name, state: 'ok', found, advice: null }];
  return [
    {
      name,
      state: 'warning',
      found: `${found}; sessions can write to them: the isolation is "${level}"`,
      advice:
        'An agent or a check could change what later work orders get. Isolate sessions, or set settings.limits.prepared_gb to 0.',
    },
  ];
}

/** How a worktree gets the prepared dependencies. */
async function wayOf(dataDirectory: string, { isolation }: Config['engine']): Promise<string> {
  const { isPossible, reason } =
    isolation === 'off'
      ? { isPossible: false, reason: 'sessions are not isolated' }
      : await probeOverlay(dataDirectory);
  if (isPossible) return 'sessions see them below their worktree (overlay)';
  const isShared = await sharesBlocks(cachePath(dataDirectory));
  const copies = isShared ? 'copies that share their blocks (reflink)' : 'full copies';
  return `${copies}, and no overlay: ${reason}`;
}
