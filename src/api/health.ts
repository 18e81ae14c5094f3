// For probes: whether the database is there, and whether work is carried.
import type { Database } from '../store/database.ts';
import type { Api } from './app.ts';
import { health, ready } from './routes/health.ts';

interface Deps {
  database: Database;
  version: string;
  isWorking(): boolean;
}

const healthMsMax = 1_000;

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
  const missing: unknown = await database
    .run(
      (query) => query.selectFrom('systemConfig').select('key').limit(1).execute(),
      AbortSignal.timeout(healthMsMax),
    )
    .then(
      () => null,
      (cause: unknown) => cause,
    );
  return {
    version,
    database: missing === null ? ('up' as const) : ('away' as const),
    worker: isWorking() ? ('working' as const) : ('starting' as const),
  };
}
