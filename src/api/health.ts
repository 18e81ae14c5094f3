// For probes: whether the database is available and accepts writes, and whether a worker runs.
import { healthSchema } from '../contract/contract.ts';
import { readOneRow, refusalOfWrites } from '../store/connection/takes-writes.ts';
import type { Database } from '../store/database.ts';
import type { Api } from './app.ts';
import { defineRoute, json, problems } from './route-parts.ts';

const told = (good: string) => ({
  ...problems(),
  200: json(healthSchema, good),
  503: json(healthSchema, 'Something is unavailable.'),
});

export const healthRoute = defineRoute({
  method: 'get',
  path: '/healthz',
  summary: 'Check whether Moose is up',
  role: null,
  audit: null,
  responses: told('Moose is up.'),
});

export const readyRoute = defineRoute({
  method: 'get',
  path: '/readyz',
  summary: 'Check whether the database accepts writes and work is carried out',
  role: null,
  audit: null,
  responses: told('The database accepts writes, and work is carried out.'),
});

interface Deps {
  database: Database;
  version: string;
  isWorking(): boolean;
}

/** A database that is only busy counts as available. */
const healthMsMax = 5_000;

export function addHealth(api: Api, deps: Deps): void {
  const look = sharedLook(deps);
  api.openapi(healthRoute, async (c) => {
    const told = await look();
    return told.database === 'up'
      ? c.json({ status: 'ok' as const, ...told }, 200)
      : c.json({ status: 'degraded' as const, ...told }, 503);
  });
  api.openapi(readyRoute, async (c) => {
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
