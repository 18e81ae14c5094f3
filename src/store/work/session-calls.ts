// An agent session's calls according to the gateway, which saw the real answers.
import { sql } from 'kysely';
import type { SessionId } from '../../domain/ids.ts';
import type { CallFailureKind } from '../../domain/model-call.ts';
import type { Query } from '../database.ts';

export interface SessionCalls {
  /** Answered completely, and settled. */
  goodCalls: number;
  /** On their way. */
  openCalls: number;
  /** Refused for lack of money. */
  budgetRefusals: number;
  /** For the call that ended last; null if it succeeded, or if there was none. A client that left says nothing. */
  lastFailure: { kind: CallFailureKind; status: number | null; retryAfterMs: number | null } | null;
  /** Why the brake stopped it. */
  stoppedReason: string | null;
  /** Since a call last started or ended; null if there was none. */
  idleMs: number | null;
  /** Settled, or presumed. */
  costNanoUsd: bigint;
  inputTokens: number;
  outputTokens: number;
}

interface Row extends Omit<SessionCalls, 'lastFailure'> {
  failure: CallFailureKind | null;
  status: number | null;
  retryAfterMs: number | null;
}

export async function callsOfSession(query: Query, sessionId: SessionId): Promise<SessionCalls> {
  const { rows } = await sql<Row>`
    with calls as (select * from cost_tracking where session_id = ${sessionId} and type = 'actual'),
    newest as (
      select failure, http_status, retry_after_ms from calls
      where status <> 'sent' and failure is distinct from 'client_gone' order by settled_at desc limit 1
    )
    select
      count(*) filter (where status = 'settled' and failure is null)::int as good_calls,
      count(*) filter (where status = 'sent')::int as open_calls,
      count(*) filter (where failure = 'budget_exceeded')::int as budget_refusals,
      coalesce(sum(actual_nano_usd), 0)::bigint as cost_nano_usd,
      coalesce(sum(coalesce(input_tokens, 0) + coalesce(cache_read_tokens, 0) + coalesce(cache_write_tokens, 0)
        + coalesce(cache_write_hour_tokens, 0)), 0)::float8 as input_tokens,
      coalesce(sum(output_tokens), 0)::float8 as output_tokens,
      (extract(epoch from clock_timestamp() - max(greatest(created_at, settled_at))) * 1000)::float8 as idle_ms,
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
