// Reads the log of changes that were requested over the interface, with who requested them.
import type { Selectable } from 'kysely';
import type { Query } from '../database.ts';
import type { Tables } from '../schema/tables.ts';

export type AuditRow = Selectable<Tables['auditLog']>;

/** The entries, newest first. */
export function auditEntries(
  query: Query,
  { before, limit }: { before?: bigint | undefined; limit: number },
): Promise<AuditRow[]> {
  const all = query.selectFrom('auditLog').selectAll().orderBy('id', 'desc').limit(limit);
  return (before === undefined ? all : all.where('id', '<', before)).execute();
}
