// Rows that contradict each other: one statement for each kind of contradiction, whatever the number of work orders
// (R-SES-7). Anything younger than `before` may still be in progress.
import { type RawBuilder, sql } from 'kysely';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../database.ts';

export interface InconsistentRow {
  subject: string;
  workOrderId: WorkOrderId | null;
  evidence: string;
}

export type Finding = (before: Date) => RawBuilder<unknown>;

/** The maximum per kind and look; the rest follows in the next look. */
const rowsMax = 1_000;

/** `only`: the subject to check again before it is repaired. */
export async function findInconsistent(
  query: Query,
  finding: RawBuilder<unknown>,
  only: string | null = null,
): Promise<InconsistentRow[]> {
  const { rows } = await sql<InconsistentRow>`select subject::text, work_order_id, evidence::text
    from (${finding}) found where ${only}::text is null or subject::text = ${only}::text
    order by subject limit ${rowsMax}`.execute(query);
  return rows;
}

const noRun = sql`not exists (select from runs r where r.work_order_id = w.id and r.state = 'running')`;
const isOver = sql`w.status in ('completed', 'failed', 'cancelled')`;
const utc = (column: RawBuilder<unknown>) =>
  sql`to_char(${column} at time zone 'utc', 'YYYY-MM-DD HH24:MI') || ' UTC'`;

export const runOfEndedOrder: Finding = (before) => sql`
  select r.id as subject, w.id as work_order_id,
    format('its work order has been %s since %s', w.status, ${utc(sql`w.updated_at`)}) as evidence
  from runs r join work_orders w on w.id = r.work_order_id
  where r.state = 'running' and r.kind = 'work' and ${isOver} and w.updated_at < ${before}
    and r.created_at < ${before}`;

export const queuedWithoutRun: Finding = (before) => sql`
  select w.id as subject, w.id as work_order_id, 'it is pending, waits for nothing and has no run' as evidence
  from work_orders w where w.status = 'pending' and w.waits_for = 0 and w.spec_id is null and w.held_by is null
    and not (w.needs_approval and w.approved_at is null) and w.updated_at < ${before}
    and not exists (select from runs r where r.work_order_id = w.id)`;

export const atWorkWithoutRun: Finding = (before) => sql`
  select w.id as subject, w.id as work_order_id,
    format('it is at %s, but no run is open', coalesce(w.step::text, 'no step')) as evidence
  from work_orders w where w.status = 'in_progress' and w.step is distinct from 'awaiting_ci'
    and w.held_by is null and w.updated_at < ${before} and ${noRun}`;

export const ciUnfollowed: Finding = (before) => sql`
  select w.id as subject, w.id as work_order_id,
    format('nobody is to look at pull request %s', p.number) as evidence
  from work_orders w join pull_requests p on p.work_order_id = w.id and p.state = 'open'
  where w.status = 'in_progress' and w.step = 'awaiting_ci' and w.held_by is null and ${noRun}
    and w.updated_at < ${before} and p.updated_at < ${before} and p.next_look_at is null`;

export const ciWithoutPullRequest: Finding = (before) => sql`
  select w.id as subject, w.id as work_order_id, 'it has no open pull request' as evidence
  from work_orders w where w.status = 'in_progress' and w.step = 'awaiting_ci' and ${noRun}
    and w.updated_at < ${before}
    and not exists (select from pull_requests p where p.work_order_id = w.id
      and (p.state = 'open' or p.updated_at > ${before}))`;

export const reviewUnasked: Finding = (before) => sql`
  select w.id as subject, w.id as work_order_id, 'no question about it is open, and no run' as evidence
  from work_orders w where w.status = 'needs_review' and w.updated_at < ${before} and ${noRun}
    and not exists (select from escalations e where e.status in ('open', 'chosen') and (e.work_order_id = w.id
      or exists (select from escalation_members m
        where m.escalation_id = e.id and m.work_order_id = w.id and m.left_at is null)))`;

export const questionOfNobody: Finding = (before) => sql`
  select e.id as subject, w.id as work_order_id,
    'its work order is cancelled, and no other one waits for the answer' as evidence
  from escalations e join work_orders w on w.id = e.work_order_id
  where e.status = 'open' and w.status = 'cancelled' and w.updated_at < ${before} and e.created_at < ${before}
    and ${noRun}
    and not exists (select from escalation_members m join work_orders o on o.id = m.work_order_id
      where m.escalation_id = e.id and m.left_at is null and o.status <> 'cancelled')`;

export const effectIntended: Finding = (before) => sql`
  select e.key as subject, w.id as work_order_id,
    format('it was to be done at %s; its work order is %s and has no run', ${utc(sql`e.updated_at`)}, w.status)
      as evidence
  from effects e join work_orders w on w.id = e.work_order_id
  where e.state = 'intended' and e.kind in ('push', 'pull_request', 'branch') and ${isOver}
    and e.updated_at < ${before} and w.updated_at < ${before} and ${noRun}`;

export const undoFailed: Finding = (before) => sql`
  select e.key as subject, w.id as work_order_id,
    coalesce(e.detail ->> 'problem', 'its undo failed, and nobody is asked about it') as evidence
  from effects e join work_orders w on w.id = e.work_order_id
  where e.state = 'undo_failed' and e.updated_at < ${before} and ${noRun}
    and not exists (select from escalations q where q.work_order_id = w.id and q.status in ('open', 'chosen'))`;

export const slotOfEnded: Finding = (before) => sql`
  select s.host || ' ' || s.slot as subject, w.id as work_order_id,
    format('its work order is %s, and has no worktree there', w.status) as evidence
  from worktree_slots s join work_orders w on w.id = s.work_order_id
  where ${isOver} and s.taken_at < ${before} and w.updated_at < ${before} and ${noRun}
    and not exists (select from effects e where e.work_order_id = w.id and e.kind = 'worktree'
      and e.detail ->> 'host' = s.host and e.state in ('intended', 'done'))`;

export async function freeSlot(query: Query, subject: string): Promise<void> {
  await sql`delete from worktree_slots where host || ' ' || slot = ${subject}`.execute(query);
}

export const holdOfEndedRun: Finding = (before) => sql`
  select c.id as subject, c.work_order_id,
    format('its run ended at %s, with %s of %s nano-dollars unused', ${utc(sql`r.ended_at`)},
      c.reserved_nano_usd - c.drawn_spent_nano_usd - c.drawn_presumed_nano_usd, c.reserved_nano_usd) as evidence
  from cost_tracking c join runs r on r.id = c.run_id
  where c.type = 'reservation' and c.status = 'held' and r.state = 'ended' and r.ended_at < ${before}
    and not exists (select from runs o where o.reservation_id = c.id and o.state = 'running')`;

const lastGateway = sql`left join gateways g on g.id = c.gateway_id`;

/** Gateways report by the database's clock: a machine whose clock is ahead must not consider them dead. */
const isQuietGateway = (before: Date) =>
  sql`(g.heartbeat_at < least(${before}::timestamptz, clock_timestamp() - interval '1 minute'))`;

export const callOfDeadGateway: Finding = (before) => sql`
  select c.id as subject, c.work_order_id,
    format('it was sent at %s through a gateway that %s', ${utc(sql`c.created_at`)},
      case when g.id is null then 'is not known' when g.ended_at is not null then 'has ended'
        else 'does not report' end) as evidence
  from cost_tracking c ${lastGateway}
  where c.type = 'actual' and c.status = 'sent' and c.gateway_id is not null and c.created_at < ${before}
    and (g.id is null or g.ended_at < ${before} or ${isQuietGateway(before)})`;

const longCall = sql`interval '2 hours'`;

export const callOpenLong: Finding = (before) => sql`
  select c.id as subject, c.work_order_id, format('it was sent at %s', ${utc(sql`c.created_at`)}) as evidence
  from cost_tracking c ${lastGateway}
  where c.type = 'actual' and c.status = 'sent' and c.created_at < ${before}::timestamptz - ${longCall}
    and (c.gateway_id is null or g.ended_at is null and not ${isQuietGateway(before)})`;

/** Books the full cost of a call whose real cost will never be known. */
export async function presumeCall(query: Query, id: string): Promise<void> {
  await sql`select end_call(id, 'presumed', null) from cost_tracking
    where id = ${id}::uuid and type = 'actual' and status = 'sent'`.execute(query);
}

export const keyOfEndedRun: Finding = (before) => sql`
  select k.id as subject, k.work_order_id, format('its run ended at %s', ${utc(sql`r.ended_at`)}) as evidence
  from gateway_keys k join runs r on r.id = k.run_id
  where k.revoked_at is null and k.expires_at > clock_timestamp() and r.state = 'ended' and r.ended_at < ${before}`;

const quiet = sql`interval '10 minutes'`;

export const noticesStuck: Finding = (before) => sql`
  select channel as subject, null::uuid as work_order_id,
    format('%s have been due since %s', count(*), ${utc(sql`min(next_attempt_at)`)}) as evidence
  from outbox where state = 'waiting' and next_attempt_at < ${before}::timestamptz - ${quiet} group by channel`;

export const noticesFailed: Finding = (before) => sql`
  select channel as subject, null::uuid as work_order_id,
    format('%s failed; the newest: %s', count(*),
      (array_agg(coalesce(last_failure, 'nobody knows why') order by id desc))[1]) as evidence
  from outbox where state = 'failed' and next_attempt_at < ${before} group by channel`;

export async function retryNotices(query: Query, channel: string): Promise<void> {
  await sql`update outbox set state = 'waiting', attempts = 0, next_attempt_at = clock_timestamp()
    where channel = ${channel} and state = 'failed'`.execute(query);
}

export const webhooksStuck: Finding = (before) => sql`
  select source as subject, null::uuid as work_order_id,
    format('%s have been due since %s', count(*), ${utc(sql`min(next_attempt_at)`)}) as evidence
  from webhook_deliveries where state = 'waiting' and next_attempt_at < ${before}::timestamptz - ${quiet}
  group by source`;

export const degradationOfEnded: Finding = (before) => sql`
  select d.id as subject, w.id as work_order_id, format('its work order is %s', w.status) as evidence
  from degradations d join work_orders w on w.id = d.work_order_id
  where d.until is null and ${isOver} and w.updated_at < ${before} and d.since < ${before}`;

export async function endDegradationById(query: Query, id: string): Promise<void> {
  await sql`update degradations set until = clock_timestamp() where id = ${id}::uuid and until is null`.execute(
    query,
  );
}

export async function lookAtPullRequestsOf(query: Query, workOrderId: string): Promise<void> {
  await sql`update pull_requests set next_look_at = clock_timestamp(), looks_unchanged = 0
    where work_order_id = ${workOrderId}::uuid and state = 'open' and next_look_at is null`.execute(query);
}
