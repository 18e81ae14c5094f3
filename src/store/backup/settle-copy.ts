// Settles a restored copy: the processes, worktrees and sign-ins of the original Moose do not belong to this one.
import type pg from 'pg';

export interface Moved {
  /** The data directory of the backup. */
  from: string;
  /** The new data directory. */
  to: string;
}

export interface Settled {
  endedSessions: number;
  /** Work orders that the next worker takes up. */
  openWorkOrders: number;
}

const actor = 'moose:restore';

/**
 * The runs stay as they are: their processes hold no lock here, so the next worker takes them up. Open model calls are
 * presumed spent, because their gateway has ended.
 */
const statements = [
  'update executors set ended_at = clock_timestamp() where ended_at is null',
  'update gateways set ended_at = clock_timestamp() where ended_at is null',
  'update web_sessions set ended_at = clock_timestamp() where ended_at is null',
  'delete from push_subscriptions where session_id is not null',
  // The link still works at the original, and must not let two people in. A copy of an older version has no invites.
  `do $$ begin
    if to_regclass('invites') is not null then
      update invites set revoked_at = clock_timestamp() where accepted_at is null and revoked_at is null;
    end if;
  end $$`,
  // The original still runs them, so here they would do everything twice. A copy of an older version has none.
  `do $$ begin
    if to_regclass('schedules') is not null then
      update schedules set next_due_at = null, paused_at = clock_timestamp(), paused_by = 'moose:restore',
        paused_because = 'This Moose was restored from a backup, and the original may still run it.'
        where paused_at is null and removed_at is null;
    end if;
  end $$`,
  // `updated_at` stays, because the destruction breaker counts recent undos.
  `update effects set state = 'undone' where kind in ('worktree', 'session') and state <> 'undone'`,
];

const endSessions = `with ended as (
    update sessions set state = 'lost', end_reason = 'lost', ended_at = clock_timestamp(), unreachable_since = null
    where state in ('intended', 'running') returning id, work_order_id, name, host)
  insert into work_order_events (work_order_id, kind, actor, reason, detail)
  select work_order_id, 'session.cleared', $1, 'on ' || host || ': this Moose was restored from a backup, and does not watch it',
    jsonb_build_object('sessionId', id, 'host', host, 'name', name) from ended`;

/** The columns that contain paths in the old data directory. */
const moves = [
  `update effects set detail = replace(detail::text, $1, $2)::jsonb where position($1 in detail::text) > 0`,
  `update projects set settings = replace(settings::text, $1, $2)::jsonb where position($1 in settings::text) > 0`,
];

/** Call this in the transaction that loads the rows. It relies on no trigger. */
export async function settleCopy(client: pg.Client, { from, to }: Moved): Promise<Settled> {
  for (const statement of statements) await client.query(statement);
  const { rowCount } = await client.query(endSessions, [actor]);
  // Paths as JSON writes them, with a slash at the end, because another directory may begin with the same name.
  const inJson = (path: string) => JSON.stringify(`${path}/`).slice(1, -1);
  if (from !== to) for (const move of moves) await client.query(move, [inJson(from), inJson(to)]);
  const { rows } = await client.query<{ open: number }>(
    `select count(*)::int as open from work_orders where status in ('pending', 'in_progress')`,
  );
  return { endedSessions: rowCount ?? 0, openWorkOrders: rows[0]?.open ?? 0 };
}
