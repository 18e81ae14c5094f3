// Projects that turn issues of their forge into work orders, and when the forge is asked next.

import { sql } from 'kysely';
import type { ProjectId } from '../../../domain/ids.ts';
import type { Query } from '../../database.ts';
import { storableText } from '../../storable.ts';
import { findsAny } from '../runs/due-jobs.ts';

export interface DueIntake {
  projectId: ProjectId;
  name: string;
  /** Of the last look; empty if there was none. */
  host: string;
  /** The label of issues that become work orders. */
  label: string;
  programs: string[];
  /** When the last complete look for this label began; null if there was none. */
  lookedAt: Date | null;
  /** The current time of the database. */
  now: Date;
}

/** When the last complete look began; null if that is from before the clock was set back, because it proves nothing. */
const lookedAt = sql<Date | null>`case when looked_at <= clock_timestamp() then looked_at end`;

/** Due projects that take issues; the one that has waited longest comes first. */
const due = sql`projects p left join forge_intakes i on i.project_id = p.id
    where p.removed_at is null and p.settings ? 'intake_label'
      and (coalesce(i.next_look_at, '-infinity') <= clock_timestamp() or i.looked_at > clock_timestamp())`;

/** Whether `dueIntakes` finds any. */
export const hasDueIntake = findsAny(sql`select from ${due}`);

export async function dueIntakes(query: Query, limit: number): Promise<DueIntake[]> {
  const { rows } = await sql<DueIntake>`
    select p.id as project_id, p.name, coalesce(i.host, '') as host, p.settings ->> 'intake_label' as label,
      coalesce(p.settings -> 'forge_programs', '[]') as programs,
      case when i.label = p.settings ->> 'intake_label' then ${lookedAt} end as looked_at,
      clock_timestamp() as now
    from ${due}
    order by i.next_look_at nulls first
    limit ${limit}`.execute(query);
  return rows;
}

/** Records a look, and when the next one is due. `complete`: the label of the look, and when it began. */
export async function intakeLooked(
  query: Query,
  projectId: ProjectId,
  look: {
    host: string;
    repository: string;
    problem: string | null;
    nextInMs: number;
    complete: { label: string; at: Date } | null;
  },
): Promise<void> {
  const { host, repository, complete } = look;
  const problem = look.problem === null ? null : storableText(look.problem);
  const changed = {
    host,
    repository,
    problem,
    nextLookAt: sql<Date>`clock_timestamp() + ${look.nextInMs}::float8 * interval '1 ms'`,
    ...(complete ? { label: complete.label, lookedAt: complete.at } : {}),
  };
  const kept = complete
    ? {}
    : {
        lookedAt: sql<Date | null>`case when forge_intakes.looked_at <= clock_timestamp()
    then forge_intakes.looked_at end`,
      };
  await query
    .insertInto('forgeIntakes')
    .values({ projectId, ...changed })
    .onConflict((conflict) => conflict.column('projectId').doUpdateSet({ ...changed, ...kept }))
    .execute();
}

/** Asks for the issues of this repository at once; false if no project takes them. */
export async function intakeSoon(
  query: Query,
  { host, repository }: { host: string; repository: string },
): Promise<boolean> {
  const { rows } = await sql`update forge_intakes i
    set next_look_at = least(i.next_look_at, clock_timestamp())
    from projects p where p.id = i.project_id and p.settings ? 'intake_label'
      and i.host = ${host} and lower(i.repository) = ${repository}
    returning 1`.execute(query);
  return rows.length > 0;
}
