// For probes: whether the database is available and accepts writes, and whether a worker runs.

import { readOneRow, refusalOfWrites } from '../store/connection/takes-writes.ts';
import type { Database } from '../store/database.ts';
import type { Api } from './app.ts';
import { health, ready } from './routes/health.ts';

interface Deps {
  database: Database;
  version: string;
  isWorking(): boolean;
}

/** A database that is only busy counts as available. */
const healthMsMax = 5_000;

export function addHealth(api: Api, deps: Deps): void {
  const look = sharedLook(deps);
  api.openapi(health, async (c) => {
    const told = await look();
    return told.database === 'up'
      ? c.json({ status: 'ok' as const, ...told }, 200)
      : c.json({ status: 'degraded' as const, ...told }, 503);
  });
  api.openapi(ready, async (c) => {
    const told = await look();
    return told.database === 'up' && told.worker === 'working'
      ? c.json({ status: 'ok' as const, ...told }, 200)
      : c.json({ status: 'degraded' as const, ...told }, 503);
  });
}

/** Anybody may ask, as often as they like, so those who ask at the same time share an answer. */
function sharedLook(deps: Deps): () => ReturnType<typeof lookNow> {
  let looking: ReturnType<typeof lookNow> | null = null;
  return () => {
    looking ??= lookNow(deps).finally(() => {
      looking = null;
    });
    return looking;
  };
}

async function lookNow({ database, version, isWorking }: Deps) {
  const late = AbortSignal.timeout(healthMsMax);
  const state = await database
    .run(async (query) => {
      await readOneRow(query);
      return (await refusalOfWrites(database.query)) === null ? ('up' as const) : ('refusing' as const);
    }, late)
    .catch(() => 'away' as const);
  return {
    version,
    database: state,
    worker: isWorking() ? ('working' as const) : ('starting' as const),
  };
}
