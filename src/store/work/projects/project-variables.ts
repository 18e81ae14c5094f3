// Variables and secrets of projects, with encrypted values (R-PROJ-5).
import { type Selectable, sql } from 'kysely';
import type { ProjectId } from '../../../domain/ids.ts';
import type { Query } from '../../database.ts';
import type { Tables } from '../../schema/tables.ts';

export type SealedVariable = Selectable<Tables['projectVariables']>;

/** How many variables one process reads, over all projects: far more than anyone has. */
const rowsMax = 50_000;

/** Until the transaction ends, nobody else writes a variable. */
export async function lockVariables(query: Query): Promise<void> {
  await sql`lock table project_variables in share row exclusive mode`.execute(query);
}

/** A project's variables, in the order of their names. */
export function variablesOf(query: Query, projectId: ProjectId): Promise<SealedVariable[]> {
  return query
    .selectFrom('projectVariables')
    .selectAll()
    .where('projectId', '=', projectId)
    .orderBy('name')
    .execute();
}

/** The variables of all projects. */
export function allVariables(query: Query): Promise<SealedVariable[]> {
  return query
    .selectFrom('projectVariables')
    .selectAll()
    .orderBy('projectId')
    .orderBy('name')
    .limit(rowsMax)
    .execute();
}

/** A value that changes whenever a variable is set, replaced or removed. */
export async function variablesMark(query: Query): Promise<string> {
  const { rows } = await sql<{ mark: string }>`
    select count(*) || '@' || coalesce(max(changed_at)::text, '') as mark from project_variables`.execute(
    query,
  );
  return rows[0]?.mark ?? '';
}

/** The keys that encrypt the values of all projects, and the push key. */
export async function usedKeyIds(query: Query): Promise<string[]> {
  const { rows } = await sql<{ keyId: string }>`select key_id from project_variables
    union select key_id from push_key order by key_id`.execute(query);
  return rows.map(({ keyId }) => keyId);
}

export async function putVariable(
  query: Query,
  { projectId, name, ...given }: Omit<SealedVariable, 'changedAt'>,
): Promise<void> {
  const row = { ...given, changedAt: sql<Date>`clock_timestamp()` };
  await query
    .insertInto('projectVariables')
    .values({ projectId, name, ...row })
    .onConflict((conflict) => conflict.columns(['projectId', 'name']).doUpdateSet(row))
    .execute();
}

/** Replaces the encrypted value after a change of the key; who changed the variable, and when, stays. */
export async function resealVariable(
  query: Query,
  { projectId, name, keyId, sealed }: Pick<SealedVariable, 'projectId' | 'name' | 'keyId' | 'sealed'>,
): Promise<void> {
  await query
    .updateTable('projectVariables')
    .set({ keyId, sealed })
    .where('projectId', '=', projectId)
    .where('name', '=', name)
    .execute();
}

/** Returns false if there was no such variable. */
export async function removeVariable(query: Query, projectId: ProjectId, name: string): Promise<boolean> {
  const { numDeletedRows } = await query
    .deleteFrom('projectVariables')
    .where('projectId', '=', projectId)
    .where('name', '=', name)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Removes all variables of a project, and returns how many there were. */
export async function removeVariablesOf(query: Query, projectId: ProjectId): Promise<number> {
  const { numDeletedRows } = await query
    .deleteFrom('projectVariables')
    .where('projectId', '=', projectId)
    .executeTakeFirst();
  return Number(numDeletedRows);
}
