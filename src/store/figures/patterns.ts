// The patterns that were found, and the exclusions that people based on them.
import { type Insertable, type Selectable, sql } from 'kysely';
import type { ProjectId } from '../../domain/ids.ts';
import type { Query } from '../database.ts';
import type { Tables } from '../schema/tables.ts';

export type Pattern = Selectable<Tables['patternConfidenceScores']>;
export type Exclusion = Selectable<Tables['routingExclusions']>;

const rowsPerInsert = 500;

/** Readers see either all old patterns or all new ones. */
export async function replacePatterns(
  query: Query,
  rows: readonly Insertable<Tables['patternConfidenceScores']>[],
): Promise<void> {
  await query.deleteFrom('patternConfidenceScores').execute();
  for (let from = 0; from < rows.length; from += rowsPerInsert)
    await query
      .insertInto('patternConfidenceScores')
      .values(rows.slice(from, from + rowsPerInsert))
      .execute();
}

/** The most certain first. */
export function listPatterns(query: Query, limit: number): Promise<Pattern[]> {
  return query
    .selectFrom('patternConfidenceScores')
    .selectAll()
    .orderBy('corrected')
    .orderBy('chance')
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** Over all classes of failure, the most certain first. `confidence`: at 1, none is above it. */
export function patternsAbove(query: Query, confidence: number): Promise<Pattern[]> {
  return query
    .selectFrom('patternConfidenceScores')
    .selectAll()
    .where('failureClass', 'is', null)
    .where('corrected', '<', 1 - confidence)
    .orderBy('corrected')
    .orderBy('id')
    .execute();
}

/** The exclusions in effect for a project, including those for all projects. */
export function exclusionsFor(query: Query, projectId: ProjectId): Promise<Exclusion[]> {
  return query
    .selectFrom('routingExclusions')
    .selectAll()
    .where('revokedAt', 'is', null)
    .where((where) => where.or([where('projectId', 'is', null), where('projectId', '=', projectId)]))
    .execute();
}

export type ListedExclusion = Exclusion & { project: string | null };

const exclusionsListedMax = 500;

const withProject = (query: Query) =>
  query
    .selectFrom('routingExclusions')
    .leftJoin('projects', 'projects.id', 'routingExclusions.projectId')
    .selectAll('routingExclusions')
    .select('projects.name as project');

/** Exclusions in effect first, then the newest. */
export function listExclusions(query: Query): Promise<ListedExclusion[]> {
  return withProject(query)
    .orderBy(sql`routing_exclusions.revoked_at is not null`)
    .orderBy('routingExclusions.createdAt', 'desc')
    .limit(exclusionsListedMax)
    .execute();
}

type Cell = Pick<Exclusion, 'projectId' | 'model' | 'band' | 'kind' | 'language' | 'word'>;

/** The exclusion in effect for exactly this work. */
export function exclusionOf(query: Query, cell: Cell): Promise<ListedExclusion | undefined> {
  return withProject(query)
    .where('routingExclusions.revokedAt', 'is', null)
    .where('routingExclusions.model', '=', cell.model)
    .where('routingExclusions.projectId', 'is not distinct from', cell.projectId)
    .where('routingExclusions.band', 'is not distinct from', cell.band)
    .where('routingExclusions.kind', 'is not distinct from', cell.kind)
    .where('routingExclusions.language', 'is not distinct from', cell.language)
    .where('routingExclusions.word', 'is not distinct from', cell.word)
    .executeTakeFirst();
}

/** Adding the same exclusion twice creates one. */
export async function addExclusion(
  query: Query,
  row: Insertable<Tables['routingExclusions']>,
): Promise<void> {
  await query
    .insertInto('routingExclusions')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** `given` is a whole ID, or its start or end; undefined if not exactly one matches. */
export async function findExclusion(query: Query, given: string): Promise<ListedExclusion | undefined> {
  const hex = given.toLowerCase().replaceAll('-', '');
  if (!/^[0-9a-f]{4,32}$/.test(hex)) return undefined;
  const { rows } = await sql<{ id: string }>`select id from routing_exclusions
    where replace(id::text, '-', '') like any (${[`${hex}%`, `%${hex}`]}) limit 2`.execute(query);
  const [one, another] = rows;
  if (!one || another) return undefined;
  return withProject(query).where('routingExclusions.id', '=', one.id).executeTakeFirst();
}

/** Revoking twice succeeds. */
export async function revokeExclusion(query: Query, id: string, by: string): Promise<void> {
  await query
    .updateTable('routingExclusions')
    .set({ revokedBy: by, revokedAt: sql<Date>`clock_timestamp()` })
    .where('id', '=', id)
    .where('revokedAt', 'is', null)
    .execute();
}
