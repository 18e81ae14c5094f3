// How runs begin, and how a process that does not carry a run can end it or hand it over.
import { type Insertable, sql } from 'kysely';
import type { WorkOrderId } from '../../../domain/ids.ts';
import type { Query } from '../../database.ts';
import { revokeKeys } from '../../money/gateway-keys.ts';
import type { Tables } from '../../schema/tables.ts';
import { storableText } from '../../storable.ts';
import { isHeldByAnother } from './executors.ts';
import type { Run } from './runs.ts';

export async function insertRun(query: Query, row: Insertable<Tables['runs']>): Promise<void> {
  await query.insertInto('runs').values(row).execute();
}

export async function insertRuns(
  query: Query,
  rows: ReadonlyArray<Insertable<Tables['runs']>>,
): Promise<void> {
  await query
    .insertInto('runs')
    .values([...rows])
    .execute();
}

/**
 * Ends the open run of a work order; its process can write nothing from then on. Undefined if there is none, or if it
 * is an undo.
 */
export async function stopRunOf(
  query: Query,
  workOrderId: WorkOrderId,
  endedAt: Date,
): Promise<Run | undefined> {
  const stopped = await query
    .updateTable('runs')
    .set((set) => ({
      fence: set('fence', '+', 1),
      state: 'ended',
      outcome: 'stopped',
      endedAt,
      pausedBy: null,
    }))
    .where('workOrderId', '=', workOrderId)
    .where('state', '=', 'running')
    .where('kind', '=', 'work')
    .returningAll()
    .executeTakeFirst();
  if (stopped) await revokeKeys(query, { runId: stopped.id });
  return stopped;
}

/** Ends the open run of a work order, if it has one. */
export async function cancelRunOf(query: Query, workOrderId: WorkOrderId, endedAt: Date): Promise<void> {
  const cancelled = await query
    .updateTable('runs')
    .set({ state: 'ended', outcome: 'cancelled', endedAt })
    .where('workOrderId', '=', workOrderId)
    .where('state', '=', 'running')
    .returning('id')
    .execute();
  for (const { id } of cancelled) await revokeKeys(query, { runId: id });
}

/**
 * Begins the next leg of a run, for another machine than `host`. Returns false if another process was faster, or has the
 * run and lives.
 */
export async function declineRun(
  query: Query,
  run: Pick<Run, 'id' | 'leg' | 'declinedBy'>,
  declined: { executor: string; host: string; because: string; since: Date },
): Promise<boolean> {
  const left = await query
    .updateTable('runs')
    .set((set) => ({
      fence: set('fence', '+', 1),
      leg: set('leg', '+', 1),
      executor: null,
      // It waits for another machine now, and no longer for what it was paused for.
      pausedBy: null,
      pausedAt: null,
      waitingFor: storableText(declined.because),
      declinedSince: declined.since,
      declinedBy: [...new Set([...run.declinedBy, declined.host])],
      declines: set('declines', '+', 1),
    }))
    .where('id', '=', run.id)
    .where('leg', '=', run.leg)
    .where('state', '=', 'running')
    .where(sql<boolean>`not ${isHeldByAnother(sql`${declined.executor}`, sql`runs.executor`)}`)
    .returning('id')
    .executeTakeFirst();
  return left !== undefined;
}
