import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { SessionId, WorkOrderId } from '../../../domain/ids.ts';
import type { Query } from '../../database.ts';
import type { Tables } from '../../schema/tables.ts';
import { findsAny } from '../runs/due-jobs.ts';

export type SessionRow = Selectable<Tables['sessions']>;

/** Creates the row of a session before its process starts; if the row exists, it is returned. */
export async function intendSession(query: Query, row: Insertable<Tables['sessions']>): Promise<SessionRow> {
  const made = await query
    .insertInto('sessions')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  if (made) return made;
  return query
    .selectFrom('sessions')
    .selectAll()
    .where('runId', '=', row.runId)
    .where('purpose', '=', row.purpose)
    .where('name', '=', row.name)
    .where('cycle', '=', row.cycle)
    .where('attempt', '=', row.attempt)
    .executeTakeFirstOrThrow();
}

/** Whether this session of this cycle has a row; then its process may have started. */
export async function hasSession(
  query: Query,
  {
    runId,
    purpose,
    name,
    cycle,
    attempt,
  }: Pick<SessionRow, 'runId' | 'purpose' | 'name' | 'cycle' | 'attempt'>,
): Promise<boolean> {
  const found = await query
    .selectFrom('sessions')
    .select('id')
    .where('runId', '=', runId)
    .where('purpose', '=', purpose)
    .where('name', '=', name)
    .where('cycle', '=', cycle)
    .where('attempt', '=', attempt)
    .executeTakeFirst();
  return found !== undefined;
}

/**
 * The pause and the cancellation of the session's work order, whether the session has a row, and whether the end of any
 * agent or check of the work order is not recorded.
 */
export async function standingOfSession(
  query: Query,
  workOrderId: WorkOrderId,
  { runId, purpose, name, cycle, attempt }: Parameters<typeof hasSession>[1],
) {
  const session = query
    .selectFrom('sessions')
    .select('id')
    .where('runId', '=', runId)
    .where('purpose', '=', purpose)
    .where('name', '=', name)
    .where('cycle', '=', cycle)
    .where('attempt', '=', attempt);
  const open = query
    .selectFrom('sessions')
    .select('id')
    .where('workOrderId', '=', workOrderId)
    .where('purpose', '!=', 'service')
    .where('state', 'in', ['intended', 'running'])
    .where('unreachableSince', 'is', null);
  return query
    .selectFrom('workOrders')
    .select(({ exists }) => [
      'heldBy',
      'cancelRequestedAt',
      exists(session).as('hasSession'),
      exists(open).as('hasOpen'),
    ])
    .where('id', '=', workOrderId)
    .executeTakeFirst();
}

/** Whether a reachable process of this run may be running, because its end is not recorded. */
export async function hasOpenSession(query: Query, runId: SessionRow['runId']): Promise<boolean> {
  const found = await query
    .selectFrom('sessions')
    .select('id')
    .where('runId', '=', runId)
    .where('state', 'in', ['intended', 'running'])
    .where('unreachableSince', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}

export async function updateSession(
  query: Query,
  id: SessionId,
  change: Updateable<Tables['sessions']>,
): Promise<void> {
  await query.updateTable('sessions').set(change).where('id', '=', id).execute();
}

export function sessionsOf(query: Query, workOrderId: WorkOrderId): Promise<SessionRow[]> {
  return query
    .selectFrom('sessions')
    .selectAll()
    .where('workOrderId', '=', workOrderId)
    .orderBy('createdAt')
    .execute();
}

export function findSessionRow(query: Query, id: SessionId): Promise<SessionRow | undefined> {
  return query.selectFrom('sessions').selectAll().where('id', '=', id).executeTakeFirst();
}

/**
 * Marks a process as unreachable, because another machine continues its work. The process may be alive, and only its
 * own machine can tell (R-SES-1): that machine removes it when Moose runs there again.
 */
export async function markUnreachable(query: Query, id: SessionId, at: Date): Promise<void> {
  await query
    .updateTable('sessions')
    .set((set) => ({ unreachableSince: set.fn.coalesce('unreachableSince', set.val(at)) }))
    .where('id', '=', id)
    .where('state', 'in', ['intended', 'running'])
    .execute();
}

/** Processes of this machine without a watcher: another machine continued their work, or their run has ended. */
export function leftSessionsOn(
  query: Query,
  { host, machine }: { host: string; machine: string },
  max: number,
): Promise<SessionRow[]> {
  return (
    query
      .selectFrom('sessions')
      .innerJoin('runs', 'runs.id', 'sessions.runId')
      .selectAll('sessions')
      .where('sessions.host', '=', host)
      // Another machine had this name before, and only that machine knows what became of its processes.
      .where('sessions.machine', 'in', ['', machine])
      .where('sessions.state', 'in', ['intended', 'running'])
      .where((where) =>
        where.or([where('sessions.unreachableSince', 'is not', null), where('runs.state', '=', 'ended')]),
      )
      .orderBy('sessions.createdAt')
      .limit(max)
      .execute()
  );
}

/** Whether `unreachableByHost` finds any. */
export const hasUnreachableSession = findsAny(sql`select from sessions
  where unreachable_since is not null and state in ('intended', 'running')`);

/** For each machine, how many of its processes cannot be reached, and since when. */
export async function unreachableByHost(
  query: Query,
): Promise<Array<{ host: string; sessions: number; since: Date }>> {
  const rows = await query
    .selectFrom('sessions')
    .select((select) => [
      'host',
      select.fn.countAll<bigint>().as('sessions'),
      select.fn.min('unreachableSince').as('since'),
    ])
    .where('unreachableSince', 'is not', null)
    .where('state', 'in', ['intended', 'running'])
    .groupBy('host')
    .execute();
  return rows.map(({ host, sessions, since }) => ({
    host,
    sessions: Number(sessions),
    since: since ?? new Date(0),
  }));
}

/** The work order's reachable processes that are running or about to run. */
export function openSessionsOf(query: Query, workOrderId: WorkOrderId): Promise<SessionRow[]> {
  return query
    .selectFrom('sessions')
    .selectAll()
    .where('workOrderId', '=', workOrderId)
    .where('state', 'in', ['intended', 'running'])
    .where('unreachableSince', 'is', null)
    .execute();
}

/** The processes that run on this host according to their rows. */
export async function listRunningHandlesOn(
  query: Query,
  host: string,
  limit: number,
): Promise<Array<SessionRow['handle']>> {
  const rows = await query
    .selectFrom('sessions')
    .select('handle')
    .where('state', '=', 'running')
    .where('host', '=', host)
    .where('unreachableSince', 'is', null)
    .limit(limit)
    .execute();
  return rows.map(({ handle }) => handle);
}
