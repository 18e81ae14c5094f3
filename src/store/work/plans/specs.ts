// Specs: texts that people uploaded, each with its estimated cost.

import { type Selectable, sql } from 'kysely';
import type { ProjectId } from '../../../domain/ids.ts';
import type { Query } from '../../database.ts';
import { storeFailures } from '../../failure-catalogue.ts';
import type { Tables } from '../../schema/tables.ts';
import { toJson } from '../../storable.ts';
import { timeOfRow } from '../work-orders/time-of-row.ts';

export type SpecRow = Selectable<Tables['specs']> & { project: string | null };
export type SpecSummary = Pick<
  SpecRow,
  'id' | 'projectId' | 'project' | 'name' | 'estimate' | 'createdBy' | 'createdAt' | 'runState'
> & { bytes: number };

/** Adds a spec; an earlier one with this ID stays as it is. */
export async function addSpec(
  query: Query,
  spec: {
    id: string;
    projectId: ProjectId | null;
    name: string;
    content: string;
    estimate: object;
    createdBy: string;
  },
): Promise<void> {
  await query
    .insertInto('specs')
    .values({ ...spec, estimate: toJson(spec.estimate) })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

/**
 * The newest spec with this name and text that nobody has approved, for the same project or for none yet, whose
 * planning was estimated at the same cost. Waits for others that store the same text.
 */
export async function sameSpec(
  query: Query,
  {
    projectId,
    name,
    content,
    architectUsd,
  }: { projectId: ProjectId | null; name: string; content: string; architectUsd: number },
): Promise<Pick<SpecRow, 'id' | 'projectId'> | undefined> {
  await sql`select pg_advisory_xact_lock(hashtextextended('spec ' || ${content}, 0))`.execute(query);
  return query
    .selectFrom('specs')
    .select(['id', 'projectId'])
    .where('name', '=', name)
    .where('content', '=', content)
    .where('approvedVersion', 'is', null)
    .where(sql<number>`(estimate ->> 'architect_usd')::float8`, '=', architectUsd)
    .where(({ or, eb }) =>
      or([eb('projectId', 'is', null), ...(projectId === null ? [] : [eb('projectId', '=', projectId)])]),
    )
    .orderBy(sql`project_id is not null`, 'desc')
    .orderBy('createdAt', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Specs, newest first; with `afterId`, those after it. @throws PermanentError `CURSOR_INVALID` */
export async function listSpecs(query: Query, limit: number, afterId?: string): Promise<SpecSummary[]> {
  let select = specRows(query)
    .select(['specs.id', 'specs.projectId', 'specs.name', 'specs.estimate', 'specs.runState'])
    .select(['specs.createdBy', 'specs.createdAt', sql<number>`octet_length(specs.content)`.as('bytes')]);
  if (afterId !== undefined) {
    const at = await timeOfRow(query, 'specs', afterId);
    select = select.where(
      sql<boolean>`(specs.created_at, specs.id) < (${at}::timestamptz, ${afterId}::uuid)`,
    );
  }
  return select.orderBy('specs.createdAt', 'desc').orderBy('specs.id', 'desc').limit(limit).execute();
}

/** Finds a spec by its ID, or the ID's start or end. @throws PermanentError `SPEC_NOT_FOUND`, `SPEC_AMBIGUOUS` */
export async function findSpec(query: Query, given: string): Promise<SpecRow> {
  const hex = given.toLowerCase().replaceAll('-', '');
  const plain = sql<string>`replace(specs.id::text, '-', '')`;
  const found = /^[0-9a-f]{4,32}$/.test(hex)
    ? await specRows(query)
        .selectAll('specs')
        .where(({ or, eb }) => or([eb(plain, 'like', `${hex}%`), eb(plain, 'like', `%${hex}`)]))
        .limit(2)
        .execute()
    : [];
  const [one, another] = found;
  if (one && !another) return one;
  const fields = { operation: 'find' };
  if (another) {
    throw storeFailures.SPEC_AMBIGUOUS(fields, { given });
  }
  throw storeFailures.SPEC_NOT_FOUND(fields, { given });
}

export async function giveProject(query: Query, id: string, projectId: ProjectId): Promise<void> {
  await query.updateTable('specs').set({ projectId }).where('id', '=', id).execute();
}

/** The quartiles of the cost of completed work orders, except those of the scripted model. */
export async function costQuartiles(
  query: Query,
): Promise<{ completed: number; lowNanoUsd: bigint; highNanoUsd: bigint }> {
  const { rows } = await sql<{ completed: number; lowNanoUsd: bigint; highNanoUsd: bigint }>`
    select count(*)::int as completed,
      coalesce(percentile_disc(0.25) within group (order by cost_nano_usd), 0)::bigint as low_nano_usd,
      coalesce(percentile_disc(0.75) within group (order by cost_nano_usd), 0)::bigint as high_nano_usd
    from work_orders where status = 'completed' and not is_scripted`.execute(query);
  return rows[0] ?? { completed: 0, lowNanoUsd: 0n, highNanoUsd: 0n };
}

function specRows(query: Query) {
  return query
    .selectFrom('specs')
    .leftJoin('projects', 'projects.id', 'specs.projectId')
    .select('projects.name as project');
}
