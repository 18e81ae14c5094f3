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
  api.openapi(health, async (c) => {
    const told = await look(deps);
    return told.database === 'up'
      ? c.json({ status: 'ok' as const, ...told }, 200)
      : c.json({ status: 'degraded' as const, ...told }, 503);
  });
  api.openapi(ready, async (c) => {
    const told = await look(deps);
    return told.database === 'up' && told.worker === 'working'
      ? c.json({ status: 'ok' as const, ...told }, 200)
      : c.json({ status: 'degraded' as const, ...told }, 503);
  });
}

async function look({ database, version, isWorking }: Deps) {
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
