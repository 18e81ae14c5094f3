// Variables and secrets of projects, with their values sealed (R-PROJ-5).
import { type Selectable, sql } from 'kysely';
import type { ProjectId } from '../../domain/ids.ts';
import type { Query } from '../database.ts';
import type { Tables } from '../schema/tables.ts';

export type SealedVariable = Selectable<Tables['projectVariables']>;

/** Variables of all projects that one process reads; more projects than anyone has, each with all that it may have. */
const rowsMax = 50_000;

/** In a transaction: until it ends, nobody else writes one. */
export async function lockVariables(query: Query): Promise<void> {
  await sql`lock table project_variables in share row exclusive mode`.execute(query);
}

/** In the order of their names. */
export function variablesOf(query: Query, projectId: ProjectId): Promise<SealedVariable[]> {
  return query
    .selectFrom('projectVariables')
    .selectAll()
    .where('projectId', '=', projectId)
    .orderBy('name')
    .execute();
}

/** Of all projects. */
export function allVariables(query: Query): Promise<SealedVariable[]> {
  return query
    .selectFrom('projectVariables')
    .selectAll()
    .orderBy('projectId')
    .orderBy('name')
    .limit(rowsMax)
    .execute();
}

/** Differs as soon as a variable was set, replaced or removed. */
export async function variablesMark(query: Query): Promise<string> {
  const { rows } = await sql<{ mark: string }>`
    select count(*) || '@' || coalesce(max(changed_at)::text, '') as mark from project_variables`.execute(
    query,
  );
  return rows[0]?.mark ?? '';
}

/** The keys that the values of all projects are sealed with. */
export async function usedKeyIds(query: Query): Promise<string[]> {
  const rows = await query
    .selectFrom('projectVariables')
    .select('keyId')
    .distinct()
    .orderBy('keyId')
    .execute();
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

/** The same value, sealed with another key: who changed it, and when, stays. */
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

/** False: there was none. */
export async function removeVariable(query: Query, projectId: ProjectId, name: string): Promise<boolean> {
  const { numDeletedRows } = await query
    .deleteFrom('projectVariables')
    .where('projectId', '=', projectId)
    .where('name', '=', name)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** How many there were. */
export async function removeVariablesOf(query: Query, projectId: ProjectId): Promise<number> {
  const { numDeletedRows } = await query
    .deleteFrom('projectVariables')
    .where('projectId', '=', projectId)
    .executeTakeFirst();
  return Number(numDeletedRows);
}
