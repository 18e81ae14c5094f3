// Values that look like secrets but that a person has allowed, known only by their fingerprints (R-SEC-4).
import type { Insertable } from 'kysely';
import type { ProjectId } from '../../../domain/ids.ts';
import type { Query } from '../../database.ts';
import type { Tables } from '../../schema/tables.ts';

export async function allowedSecretsOf(query: Query, projectId: ProjectId): Promise<Set<string>> {
  const rows = await query
    .selectFrom('allowedSecrets')
    .select('fingerprint')
    .where('projectId', '=', projectId)
    .execute();
  return new Set(rows.map(({ fingerprint }) => fingerprint));
}

/** Allows a value; does nothing if it was already allowed. */
export async function allowSecret(query: Query, row: Insertable<Tables['allowedSecrets']>): Promise<void> {
  await query
    .insertInto('allowedSecrets')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
