// Forges that people registered, by host.
import { type Insertable, type Selectable, sql } from 'kysely';
import type { Query } from '../../database.ts';
import type { Tables } from '../../schema/tables.ts';

export type ForgeHost = Selectable<Tables['forgeHosts']>;

export function listForgeHosts(query: Query): Promise<ForgeHost[]> {
  return query.selectFrom('forgeHosts').selectAll().orderBy('host').execute();
}

/** Adds or changes a host. Its pause and limits are reset, because they may belong to another account. */
export function keepForgeHost(
  query: Query,
  host: Pick<
    Insertable<Tables['forgeHosts']>,
    'host' | 'kind' | 'apiUrl' | 'credential' | 'webhookSecret' | 'createdBy'
  >,
): Promise<ForgeHost> {
  const { createdBy: _, ...changed } = host;
  return query
    .insertInto('forgeHosts')
    .values(host)
    .onConflict((conflict) =>
      conflict.column('host').doUpdateSet({
        ...changed,
        pausedUntil: null,
        pausedBecause: null,
        pauses: 0,
        limitTotal: null,
        limitRemaining: null,
        limitResetAt: null,
        updatedAt: sql<Date>`clock_timestamp()`,
      }),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** False if it was not registered. */
export async function removeForgeHost(query: Query, host: string): Promise<boolean> {
  const removed = await query.deleteFrom('forgeHosts').where('host', '=', host).returning('host').execute();
  return removed.length > 0;
}
