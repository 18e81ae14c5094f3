// Failures by fingerprint: how many, since when, whether they grow, and how many were recovered (R-FAIL-6). Uses sums
// where they exist; exact at the moment of reading.

import { type RawBuilder, sql } from 'kysely';
import { storedNamesOf } from '../../domain/component-names.ts';
import type { FailureClass } from '../../domain/failure.ts';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../database.ts';
import { groupSums } from '../figures/roll-up-days.ts';
import { dayMs, hourMs, rolledAndRest } from '../figures/summed-spans.ts';
import type { ErrorFilter } from './error-events.ts';

const groupsMax = 200;
const workOrdersMax = 20;
/** For each group, only this many of the newest errors are searched for work orders: some groups have a million. */
const errorsAskedMax = 200;

export interface ErrorPeriod {
  since: Date;
  until: Date;
  /** The length of the parts in a group's timeline; the newest one may not have ended. */
  partMs: number;
}

/**
 * Divides a period: a day into 24 parts, a week into 28, longer ones into at most 30. The longer ones start with a
 * quarter of a day, or with a day.
 */
export function errorPeriod(until: Date, withinMs: number): ErrorPeriod {
  if (withinMs <= dayMs)
    return { since: new Date(until.getTime() - withinMs), until, partMs: Math.max(1, withinMs / 24) };
  const unitMs = withinMs <= 7 * dayMs ? 6 * hourMs : dayMs;
  const units = Math.ceil(withinMs / unitMs);
  const sinceMs = Math.ceil(until.getTime() / unitMs) * unitMs - units * unitMs;
  return { since: new Date(sinceMs), until, partMs: Math.ceil(units / 30) * unitMs };
}

export interface ErrorGroup {
  fingerprint: string;
  code: string;
  component: string;
  failureClass: FailureClass;
  /** The message of the newest error. */
  message: string;
  newestId: string;
  count: number;
  /** The number of errors in the period of the same length before this one. */
  countBefore: number;
  /** The total number of errors, including before the period. */
  firstSeenAt: Date;
  lastSeenAt: Date;
  /** The newest work orders of the group, at most 20. */
  workOrderIds: WorkOrderId[];
  /** The number of work orders among its newest 200 errors in the period. */
  workOrders: number;
  /** The recovered share of the errors with a known outcome; null if there are none. */
  recoveredShare: number | null;
  /** The number of errors in each part of the period, oldest first. */
  course: number[];
}

export interface EvidenceFigures {
  /** The number of errors of processes. */
  ofProcesses: number;
  /** How many of them have the command, the end, both streams and the duration (R-FAIL-5). */
  withWholeEvidence: number;
}

export interface ErrorPicture {
  evidence: EvidenceFigures;
  /** The groups, most frequent first, at most 200. */
  groups: ErrorGroup[];
}

type Counts = Record<'count' | 'countBefore' | 'ofProcesses' | 'withWholeEvidence', bigint>;
type GroupRow = Omit<ErrorGroup, 'course' | 'count' | 'countBefore'> &
  Counts & { course: Record<string, number> };
type Filter = Omit<ErrorFilter, 'since'>;

export async function errorPicture(
  query: Query,
  period: ErrorPeriod,
  filter: Filter = {},
): Promise<ErrorPicture> {
  const parts = partsIn(period);
  const { rows } = await sql<GroupRow>`
    with ${partsOf(period, filter)},
    evidence as (
      select coalesce(sum(of_processes) filter (where part >= 0), 0)::bigint as of_processes,
        coalesce(sum(with_whole_evidence) filter (where part >= 0), 0)::bigint as with_whole_evidence from parts
    ),
    counted as (
      select fingerprint, sum(errors) filter (where part >= 0)::bigint as count,
        coalesce(sum(errors) filter (where part < 0), 0)::bigint as count_before, max(last_at) as last_seen_at,
        (sum(recovered) filter (where part >= 0)
          / nullif(sum(recovered + unrecovered) filter (where part >= 0), 0))::float8 as recovered_share
      from parts group by fingerprint having bool_or(part >= 0)
      order by 2 desc, 4 desc limit ${groupsMax}
    ),
    courses as (
      select fingerprint, jsonb_object_agg(part, errors) as course from (
        select fingerprint, part, sum(errors) as errors from parts where part >= 0 group by 1, 2
      ) each group by 1
    )
    select counted.*, courses.course, first.first_seen_at, newest.*, concerned.*, evidence.*
    from evidence, counted join courses using (fingerprint), ${ofEach(period, filter)}
    order by counted.count desc, counted.last_seen_at desc`.execute(query);
  const [first] = rows;
  const evidence = {
    ofProcesses: Number(first?.ofProcesses ?? 0),
    withWholeEvidence: Number(first?.withWholeEvidence ?? 0),
  };
  return { evidence, groups: rows.map((row) => groupOf(row, parts)) };
}

const partsIn = ({ since, until, partMs }: ErrorPeriod) =>
  Math.max(1, Math.ceil((until.getTime() - since.getTime()) / partMs));

function groupOf(row: GroupRow, parts: number): ErrorGroup {
  const { ofProcesses: _, withWholeEvidence: __, course, ...group } = row;
  return {
    ...group,
    count: Number(row.count),
    countBefore: Number(row.countBefore),
    course: Array.from({ length: parts }, (_each, part) => course[part] ?? 0),
  };
}

/** `parts`: for each group, the number of errors in each part of the period; part -1 is the whole period before it. */
function partsOf(period: ErrorPeriod, filter: Filter): RawBuilder<unknown> {
  const { since, until, partMs } = period;
  const parts = partsIn(period);
  const before = new Date(since.getTime() - (until.getTime() - since.getTime()));
  const unitMs = partMs % dayMs === 0 ? dayMs : 6 * hourMs;
  const mayBeSummed =
    filter.workOrderId === undefined && partMs % unitMs === 0 && since.getTime() % unitMs === 0;
  // Includes an error of the current millisecond.
  const span = { since: before, until: new Date(until.getTime() + 1), unitMs, mayBeSummed };
  const partAt = (at: RawBuilder<unknown>) => sql`case when ${at} < ${since}::timestamptz then -1
    else least(${parts - 1}::int, floor(extract(epoch from ${at} - ${since}::timestamptz) * 1000 / ${partMs}::float8)::int) end`;
  return sql`${rolledAndRest('errors', span)},
    parts as materialized (
      select s.fingerprint, ${partAt(sql`s.at`)} as part, s.errors, s.recovered, s.unrecovered, s.of_processes,
        s.with_whole_evidence, s.last_at
      from rolled join error_group_spans s on s.hours = ${sql.lit(unitMs / hourMs)} and s.at = rolled.at
      where ${matching(sql`s.code`, filter)}
      union all
      select e.fingerprint, ${partAt(sql`e.timestamp`)} as part, ${groupSums}
      from rest cross join lateral (
        select * from error_events s where s.timestamp >= rest.since and s.timestamp < rest.until
          and ${matching(sql`s.error_type`, filter)}
      ) e
      group by 1, 2
    )`;
}

/** The filter for rows `s` of errors, or of their sums. */
function matching(code: RawBuilder<unknown>, filter: Filter): RawBuilder<unknown> {
  const { workOrderId, failureClass, component, fingerprint } = filter;
  return sql.join(
    [
      sql`true`,
      ...(workOrderId ? [sql`s.work_order_id = ${workOrderId}`] : []),
      ...(failureClass ? [sql`s.failure_class = ${failureClass}`] : []),
      ...(component ? [sql`s.component = any(${storedNamesOf(component)})`] : []),
      ...(filter.code ? [sql`${code} = ${filter.code}`] : []),
      ...(fingerprint ? [sql`s.fingerprint = ${fingerprint}`] : []),
    ],
    sql` and `,
  );
}

/** Read for each group separately, by its index: its first and newest error, and the work orders of the newest ones. */
function ofEach({ since, until }: ErrorPeriod, filter: Filter): RawBuilder<unknown> {
  return sql`
    lateral (
      select min(timestamp) as first_seen_at from error_events where fingerprint = counted.fingerprint
    ) as first,
    lateral (
      select id as newest_id, error_type as code, component, failure_class, error_message as message
      from error_events where fingerprint = counted.fingerprint and timestamp <= ${until}::timestamptz
      order by timestamp desc, id desc limit 1
    ) as newest,
    lateral (
      select count(*)::int as work_orders, coalesce(array_agg(id::text order by newest_at desc)
        filter (where nth <= ${workOrdersMax}), '{}') as work_order_ids
      from (
        select work_order_id as id, max(timestamp) as newest_at, row_number() over (order by max(timestamp) desc) as nth from (
          select work_order_id, timestamp from error_events s where fingerprint = counted.fingerprint
            and timestamp >= ${since}::timestamptz and timestamp <= ${until}::timestamptz and ${matching(sql`s.error_type`, filter)}
          order by timestamp desc limit ${errorsAskedMax}
        ) newest_errors where work_order_id is not null group by 1
      ) each
    ) as concerned`;
}
