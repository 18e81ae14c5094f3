// What sessions have used of a person's login, on one machine: a login belongs to the machine on which it was made.

import type { LoginUse } from '../../../domain/agents/login.ts';
import type { RunId } from '../../../domain/ids.ts';
import type { Query } from '../../database.ts';

interface Login {
  host: string;
  agent: string;
}

/** More sessions than this are not read: every limit of a window is reached before that. */
const usesMax = 100_001;

/** The sessions that run or ended after `since`. */
export async function usesOfLogin(
  query: Query,
  { host, agent, since }: Login & { since: Date },
): Promise<LoginUse[]> {
  const rows = await query
    .selectFrom('sessions')
    .select([
      'createdAt',
      'startedAt',
      'endedAt',
      'state',
      'timeLimitMs',
      'reportedInputTokens',
      'reportedOutputTokens',
    ])
    .where('way', '=', 'login')
    .where('host', '=', host)
    .where('name', '=', agent)
    .where((where) => where.or([where('endedAt', 'is', null), where('endedAt', '>', since)]))
    // A session whose process never started has used nothing.
    .where('startedAt', 'is not', null)
    .orderBy('createdAt', 'desc')
    .limit(usesMax)
    .execute();
  return rows.map((row) => ({
    startedAt: row.startedAt ?? row.createdAt,
    endedAt: row.endedAt,
    givenMs: row.timeLimitMs,
    tokens: Number((row.reportedInputTokens ?? 0n) + (row.reportedOutputTokens ?? 0n)),
  }));
}

/** The time until which the provider refuses the login; null if it does not refuse it. */
export async function loginRefusedUntil(
  query: Query,
  { host, agent, now }: Login & { now: Date },
): Promise<Date | null> {
  const row = await query
    .selectFrom('sessions')
    .select('loginBackAt')
    .where('way', '=', 'login')
    .where('host', '=', host)
    .where('name', '=', agent)
    // The newest stop counts: a login that has worked since then is no longer refused.
    .where('endedAt', 'is not', null)
    .where('startedAt', 'is not', null)
    .orderBy('endedAt', 'desc')
    .limit(1)
    .executeTakeFirst();
  const until = row?.loginBackAt ?? null;
  return until !== null && until > now ? until : null;
}

/** How many sessions of other runs use the login now. */
export async function othersWithLogin(
  query: Query,
  { host, agent, runId }: Login & { runId: RunId },
): Promise<number> {
  const { count } = await query
    .selectFrom('sessions')
    .select((select) => select.fn.countAll<bigint>().as('count'))
    .where('way', '=', 'login')
    .where('host', '=', host)
    .where('name', '=', agent)
    .where('runId', '<>', runId)
    .where('state', 'in', ['intended', 'running'])
    .executeTakeFirstOrThrow();
  return Number(count);
}
