// An agent session's calls according to the gateway, which saw the real answers.
import { sql } from 'kysely';
import type { CallFailureKind } from '../../../domain/agents/model-call.ts';
import type { SessionId } from '../../../domain/ids.ts';
import type { Query } from '../../database.ts';

export interface SessionCalls {
  /** The number of calls that ended well, also if their cost is only presumed. */
  goodCalls: number;
  /** The number of calls in flight. */
  openCalls: number;
  /** The number of leases that may have calls of the session without a row yet. */
  openLeases: number;
  /** The number of calls that were refused for lack of money. */
  budgetRefusals: number;
  /**
   * The failure of the call that ended last, of those that no brake refused; null if it succeeded, if the client left, or if
   * there was none.
   */
  lastFailure: { kind: CallFailureKind; status: number | null; retryAfterMs: number | null } | null;
  /** Why the gateway stopped the session's key. */
  stoppedReason: string | null;
  /** Time since a call last started or ended; null if there was none. */
  idleMs: number | null;
  /** By the clock of the database. */
  readAt: Date;
  /** The cost of settled and presumed calls. */
  costNanoUsd: bigint;
  inputTokens: number;
  outputTokens: number;
}

interface Row extends Omit<SessionCalls, 'lastFailure'> {
  failure: CallFailureKind | null;
  status: number | null;
  retryAfterMs: number | null;
}

/** @param leasesBefore leases that were drawn later have no calls that matter */
export async function callsOfSession(
  query: Query,
  sessionId: SessionId,
  leasesBefore?: Date,
): Promise<SessionCalls> {
  const { rows } = await sql<Row>`
    with calls as (select * from cost_tracking where session_id = ${sessionId} and type = 'actual'),
    newest as (
      select failure, http_status, retry_after_ms from calls
      where status <> 'sent' and coalesce(failure, '') not in ('client_gone', 'braked') order by settled_at desc limit 1
    )
    select
      count(*) filter (where status in ('settled', 'presumed') and failure is null)::int as good_calls,
      count(*) filter (where status = 'sent')::int as open_calls,
      (select count(*) from cost_tracking l where l.is_lease and l.status = 'sent' and l.created_at < ${leasesBefore ?? 'infinity'}::timestamptz
        and l.reservation_id = (select coalesce(k.reservation_id, r.reservation_id) from gateway_keys k
          left join runs r on r.id = k.run_id where k.session_id = ${sessionId} limit 1))::int as open_leases,
      count(*) filter (where failure = 'budget_exceeded')::int as budget_refusals,
      coalesce(sum(actual_nano_usd), 0)::bigint as cost_nano_usd,
      coalesce(sum(coalesce(input_tokens, 0) + coalesce(cache_read_tokens, 0) + coalesce(cache_write_tokens, 0)
        + coalesce(cache_write_hour_tokens, 0)), 0)::float8 as input_tokens,
      coalesce(sum(output_tokens), 0)::float8 as output_tokens,
      clock_timestamp() as read_at, (extract(epoch from clock_timestamp() - max(greatest(created_at, settled_at))) * 1000)::float8 as idle_ms,
      (select failure from newest) as failure, (select http_status from newest) as status,
      (select retry_after_ms from newest) as retry_after_ms,
      (select stopped_reason from gateway_keys where session_id = ${sessionId} and stopped_reason is not null
        limit 1) as stopped_reason
    from calls`.execute(query);
  const [row] = rows;
  if (!row) throw new TypeError('A sum over calls has no row');
  const { failure, status, retryAfterMs, ...sums } = row;
  return { ...sums, lastFailure: failure === null ? null : { kind: failure, status, retryAfterMs } };
}
