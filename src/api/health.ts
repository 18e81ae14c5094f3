// For probes: whether the database is available and accepts writes, and whether a worker runs.
import { once } from 'node:events';
import { checkHealth, checkReadiness } from '../contract/operations/health.ts';
import type { DiskState } from '../stdx/files/probe-disk.ts';
import { readOneRow, refusalOfWrites } from '../store/connection/takes-writes.ts';
import type { Database } from '../store/database.ts';
import type { Api } from './request/api.ts';

interface Deps {
  database: Database;
  version: string;
  isWorking(): boolean;
  /** Whether the disk of the data directory takes writes. */
  disk(): Promise<DiskState>;
  /** How long the database may take to answer. */
  msMax?: number;
}

/** A database or a disk that is only busy counts as available. */
export const healthMsMax = 5_000;

export function addHealth(api: Api, deps: Deps): void {
  const look = sharedLook(deps);
  api.openapi(checkHealth, async (c) => {
    const told = await look();
    return told.database === 'up' && told.disk === 'writable'
      ? c.json({ status: 'ok' as const, ...told }, 200)
      : c.json({ status: 'degraded' as const, ...told }, 503);
  });
  api.openapi(checkReadiness, async (c) => {
    const told = await look();
    return told.database === 'up' && told.disk === 'writable' && told.worker === 'working'
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

async function lookNow(deps: Deps) {
  const { version, isWorking, disk, msMax = healthMsMax } = deps;
  const late = AbortSignal.timeout(msMax);
  const gone = once(late, 'abort').then(() => 'away' as const);
  // A query may go on for as long as a disk does not answer.
  const [database, state] = await Promise.all([Promise.race([askDatabase(deps, late), gone]), disk()]);
  return {
    version,
    database,
    disk: state,
    worker: isWorking() ? ('working' as const) : ('starting' as const),
  };
}

function askDatabase({ database }: Deps, late: AbortSignal): Promise<'up' | 'refusing' | 'away'> {
  return database
    .run(async (query) => {
      await readOneRow(query);
      return (await refusalOfWrites(database.query)) === null ? ('up' as const) : ('refusing' as const);
    }, late)
    .catch(() => 'away' as const);
}
