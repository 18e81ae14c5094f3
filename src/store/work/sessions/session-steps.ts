// What becomes of a session, with its effect and its event, in one statement each. They need a transaction that holds the
// fence.
import { sql } from 'kysely';
import type { Query } from '../../database.ts';
import { toJson } from '../../storable.ts';
import type { SessionRow } from './session-rows.ts';

interface Told {
  session: Pick<SessionRow, 'id' | 'workOrderId'>;
  effectKey: string;
  actor: string;
  detail: Record<string, unknown>;
}

export async function recordStart(
  query: Query,
  told: Told,
  {
    command,
    handle,
    startedAt,
    viewer,
  }: { command: string; handle: object; startedAt: Date; viewer: string | null },
): Promise<void> {
  const change = sql`state = 'running', command = ${command}, handle = ${toJson(handle)}::jsonb,
    started_at = ${startedAt}::timestamptz, viewer = ${viewer}`;
  await record(query, told, { change, effect: 'done', kind: 'session.started' });
}

export async function recordEnd(
  query: Query,
  told: Told,
  end: Pick<SessionRow, 'state' | 'exitCode' | 'signal' | 'endReason' | 'startedAt' | 'endedAt'> & {
    refused: object | null;
    used: object | null;
  },
): Promise<void> {
  const change = sql`state = ${end.state}, exit_code = ${end.exitCode}::int, signal = ${end.signal},
    end_reason = ${end.endReason}, started_at = ${end.startedAt}::timestamptz, ended_at = ${end.endedAt}::timestamptz,
    refused = ${end.refused && toJson(end.refused)}::jsonb,
    used = ${end.used && toJson(end.used)}::jsonb`;
  await record(query, told, { change, effect: 'undone', kind: 'session.ended' });
}

async function record(
  query: Query,
  { session, effectKey, actor, detail }: Told,
  { change, effect, kind }: { change: ReturnType<typeof sql>; effect: 'done' | 'undone'; kind: string },
): Promise<void> {
  // The work order is locked before its event gets its number, as by `recordEvent`.
  await sql`
    with work_order as (select id from work_orders where id = ${session.workOrderId} for no key update),
    session as (update sessions set ${change} where id = ${session.id}),
    effect as (update effects set state = ${effect}, updated_at = clock_timestamp() where key = ${effectKey})
    insert into work_order_events (work_order_id, kind, actor, reason, detail)
    select id, ${kind}, ${actor}, '', ${toJson(detail)}::jsonb from work_order`.execute(query);
}
