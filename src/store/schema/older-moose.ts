// An upgrade does not change the tables under processes of an older version: their statements are those of the older schema
// (R-BASE-6).

import type pg from 'pg';
import type { TransientError } from '../../domain/failure.ts';
import { sleep } from '../../stdx/async/sleep.ts';
import { storeFailures } from '../failure-catalogue.ts';
import { ownSchema } from './own-schema.ts';

/** How long an older Moose that has just stopped may take to release its connections. */
const olderMooseMsMax = 10_000;
const lookEveryMs = 100;

/**
 * Waits for processes of older versions, which have connections with this name.
 * @throws TransientError OLDER_MOOSE_RUNNING
 */
export async function refuseBesideOlderMoose(client: pg.ClientBase): Promise<void> {
  const deadlineMs = performance.now() + olderMooseMsMax;
  for (;;) {
    const running = await workersOf(client);
    if (running.length === 0) return;
    if (performance.now() > deadlineMs) throw olderMooseRunning(running);
    await sleep(lookEveryMs);
  }
}

/** A process that has not reported for a lease has lost its work: it hangs, or its machine is gone. */
async function workersOf(client: pg.ClientBase): Promise<string[]> {
  const executor = `(select e.host || ' (process ' || e.pid || ')' from ${ownSchema}.executors e where e.lock_backend = a.pid)`;
  const silent = `exists (select from ${ownSchema}.executors e where e.lock_backend = a.pid
    and e.heartbeat_at < clock_timestamp() - interval '15 seconds')`;
  const { rows } = await client.query<{ name: string }>(
    `select coalesce(${executor}, 'a process') as name from pg_stat_activity a
     where datname = current_database() and application_name = 'moose locks' and not ${silent}`,
  );
  return rows.map(({ name }) => name);
}

function olderMooseRunning(running: readonly string[]): TransientError {
  return storeFailures.OLDER_MOOSE_RUNNING('migrate', { running: running.join(', ') });
}
