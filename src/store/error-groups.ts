// Failures by fingerprint: how many, since when, whether they grow, and how many were recovered from (R-FAIL-6).
import { sql } from 'kysely';
import type { FailureClass } from '../domain/failure.ts';
import type { WorkOrderId } from '../domain/ids.ts';
import type { Query } from './database.ts';
import { type ErrorFilter, matching } from './error-events.ts';

/** Parts of the period that a group's course is told in. */
export const courseParts = 24;
const groupsMax = 200;
const workOrdersMax = 20;

export interface ErrorPeriod {
  since: Date;
  until: Date;
}

export interface ErrorGroup {
  fingerprint: string;
  code: string;
  component: string;
  failureClass: FailureClass;
  /** Of the newest one. */
  message: string;
  newestId: string;
  count: number;
  /** In the period of the same length before this one. */
  countBefore: number;
  /** Ever, also before the period. */
  firstSeenAt: Date;
  lastSeenAt: Date;
  /** The newest ones, at most 20. */
  workOrderIds: WorkOrderId[];
  workOrders: number;
  /** Of those that are answered; null while none is. */
  recoveredShare: number | null;
  /** How many in each of 24 equal parts of the period, the oldest first. */
  course: number[];
}

type GroupRow = Omit<ErrorGroup, 'course' | 'count' | 'countBefore' | 'workOrders'> &
  Record<'count' | 'countBefore' | 'workOrders', bigint>;

/** The most frequent first, at most 200. */
export async function errorGroups(
  query: Query,
  { since, until }: ErrorPeriod,
  filter: Omit<ErrorFilter, 'since'> = {},
): Promise<ErrorGroup[]> {
  const before = new Date(since.getTime() - (until.getTime() - since.getTime()));
  const events = query
    .selectFrom('errorEvents')
    .select(['fingerprint', 'timestamp', 'workOrderId', 'recoverySuccess'])
    .select(sql<boolean>`timestamp >= ${since}::timestamptz`.as('isWithin'))
    .where(matching({ ...filter, since: before }))
    .where('timestamp', '<=', until);
  const { rows } = await sql<GroupRow>`
    with events as (${events}), counted as (
      select fingerprint,
        count(*) filter (where is_within) as count,
        count(*) filter (where not is_within) as count_before,
        max(timestamp) as last_seen_at,
        avg(recovery_success::int) filter (where is_within)::float8 as recovered_share
      from events group by fingerprint having bool_or(is_within)
      order by 2 desc, 4 desc limit ${groupsMax}
    ), concerned as (
      -- All at once: for each group alone, the events would be read as often as there are groups.
      select fingerprint, count(*) as work_orders,
        array_agg(work_order_id::text order by nth) filter (where nth <= ${workOrdersMax}) as work_order_ids
      from (
        select fingerprint, work_order_id, row_number() over (partition by fingerprint order by max(timestamp) desc) as nth
        from events where is_within and work_order_id is not null group by fingerprint, work_order_id
      ) as each
      group by fingerprint
    )
    select counted.*, first.first_seen_at, newest.*, coalesce(concerned.work_orders, 0)::bigint as work_orders,
      coalesce(concerned.work_order_ids, '{}') as work_order_ids
    from counted left join concerned using (fingerprint)
    cross join lateral (
      select min(timestamp) as first_seen_at from error_events where fingerprint = counted.fingerprint
    ) as first
    cross join lateral (
      select id as newest_id, error_type as code, component, failure_class, error_message as message
      from error_events where fingerprint = counted.fingerprint and timestamp <= ${until}::timestamptz
      order by timestamp desc, id desc limit 1
    ) as newest
    order by counted.count desc, counted.last_seen_at desc`.execute(query);
  const courses = await coursesOf(
    query,
    rows.map(({ fingerprint }) => fingerprint),
    { since, until },
    filter,
  );
  return rows.map((row) => ({
    ...row,
    count: Number(row.count),
    countBefore: Number(row.countBefore),
    workOrders: Number(row.workOrders),
    course: courses.get(row.fingerprint) ?? nothingSeen(),
  }));
}

const nothingSeen = () => Array.from({ length: courseParts }, () => 0);

async function coursesOf(
  query: Query,
  fingerprints: readonly string[],
  { since, until }: ErrorPeriod,
  filter: Omit<ErrorFilter, 'since'>,
): Promise<Map<string, number[]>> {
  if (fingerprints.length === 0) return new Map();
  const partS = Math.max(0.001, (until.getTime() - since.getTime()) / courseParts / 1_000);
  const part = sql<number>`least(${sql.lit(courseParts - 1)}, floor(extract(epoch from timestamp - ${since}::timestamptz) / ${partS}::float8))::int`;
  const rows = await query
    .selectFrom('errorEvents')
    .select(['fingerprint', part.as('part'), sql<bigint>`count(*)`.as('count')])
    .where(matching({ ...filter, since }))
    .where('timestamp', '<=', until)
    .where('fingerprint', 'in', fingerprints)
    .groupBy(['fingerprint', sql`2`])
    .execute();
  const courses = new Map<string, number[]>();
  for (const { fingerprint, part: at, count } of rows) {
    const course = courses.get(fingerprint) ?? nothingSeen();
    course[at] = Number(count);
    courses.set(fingerprint, course);
  }
  return courses;
}

export interface EvidenceFigures {
  /** Errors of processes. */
  ofProcesses: number;
  /** Those among them that carry command, end, both streams and duration (R-FAIL-5). */
  withWholeEvidence: number;
}

export async function evidenceFigures(query: Query, filter: ErrorFilter): Promise<EvidenceFigures> {
  const figures = await query
    .selectFrom('errorEvents')
    .select([
      sql<bigint>`count(*)`.as('ofProcesses'),
      sql<bigint>`count(*) filter (where metadata @> '{"hasWholeEvidence": true}')`.as('withWholeEvidence'),
    ])
    .where(matching(filter))
    .where(sql<boolean>`metadata ? 'hasWholeEvidence'`)
    .executeTakeFirstOrThrow();
  return { ofProcesses: Number(figures.ofProcesses), withWholeEvidence: Number(figures.withWholeEvidence) };
}
