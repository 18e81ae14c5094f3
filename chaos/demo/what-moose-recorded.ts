// What Moose recorded about a fault, and what it did about it, by the rows that it wrote since.
import { sql } from 'kysely';
import type { Database } from '../../src/store/database.ts';
import { loggedSince } from './logged-since.ts';

export interface Recorded {
  at: Date;
  what: string;
}

const noticesMax = 6;
const charsMax = 200;

/** When a process continued what another one had started. */
const claimed = sql`(select at from (
    select at, actor, lag(actor) over (partition by work_order_id order by id) as before
    from work_order_events where kind = 'transition') t
  where actor <> before and actor like 'moose:%' and before like 'moose:%') taken`;

/** What came first, oldest first; the same text once. */
export async function recordedSince(
  { database, dataDirectory }: { database: Database; dataDirectory: string },
  ids: readonly string[],
  since: Date,
): Promise<Recorded[]> {
  const { rows } = await database.run((query) =>
    sql<Recorded>`select min(at) as at, what from (
      select timestamp as at, error_type || ': ' || error_message as what from error_events union all
      select at, 'circuit ' || key || ' opened' from circuit_changes where phase = 'open' union all
      select coalesce(taken_over_at, ended_at), 'the worker is dead (process ' || pid || ')' from executors union all
      select at, 'another worker found the work orders of the dead one' from ${claimed} union all
      select suspected_at, 'the gateway did not answer' from gateways union all
      select since, 'degraded: ' || feature || ', because ' || because from degradations union all
      select created_at, 'alert: ' || message from system_alerts union all
      select created_at, 'question to a person: ' || title from escalations union all
      select ended_at, purpose || ' ' || name || ' ended: ' || state || coalesce(' by ' || signal, '')
        from sessions where work_order_id = any (${ids}::uuid[])
        and (state not in ('exited', 'running', 'intended') or signal is not null)
    ) recorded where at >= ${since} group by what order by 1 limit ${noticesMax}`.execute(query),
  );
  // Most warnings are also recorded as a row, which has more details.
  const logged = (await loggedSince(dataDirectory, since))
    .filter((warning) => !rows.some(({ what }) => what.includes(warning.what)))
    .map(({ at, what }) => ({ at, what: `warning in the log: ${what}` }));
  const all = [...rows, ...logged].toSorted((one, other) => one.at.getTime() - other.at.getTime());
  const first = new Map<string, Recorded>();
  for (const { at, what } of all)
    if (!first.has(brief(what))) first.set(brief(what), { at, what: brief(what) });
  return [...first.values()].slice(0, noticesMax);
}

function brief(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > charsMax ? `${line.slice(0, charsMax - 1)}…` : line;
}

const did: Readonly<Record<string, (times: number) => string>> = {
  retry: (times) => `tried again ${times === 1 ? 'once' : `${times} times`}`,
  refine: () => 'sent the failure back to the model',
  fallback: () => 'changed to another model or agent',
  fall_back: () => 'changed to another model or agent',
  pause: () => 'paused until the cause was gone',
  degrade: () => 'continued without a feature',
  compensate: () => 'undid what had been made',
  escalate: () => 'stopped this work order, and kept its change',
  circuit: () => 'stopped calling it until it answered again',
  worker: () => 'was restarted, as systemd would do',
  takeover: () => "took over the dead worker's work orders, from their last finished step",
  gateway: () => 'started another gateway',
  agent: () => 'started the agent again',
  question: () => 'asked a person, with options and their costs',
};

/** In words, in the order in which things were done. */
export async function doneSince(database: Database, ids: readonly string[], since: Date): Promise<string[]> {
  const { rows } = await database.run((query) =>
    sql<{ how: string; times: number }>`select how, count(*)::int as times from (
      select recovery_strategy as how, timestamp as at from error_events where recovery_strategy is not null union all
      select 'circuit', at from circuit_changes where phase = 'open' union all
      select 'takeover', at from ${claimed} union all
      select 'worker', started_at from executors union all
      select 'gateway', started_at from gateways g
        where exists (select from gateways f where f.started_at < g.started_at) union all
      select 'pause', at from work_order_events where kind = 'paused' union all
      select 'question', created_at from escalations where status <> 'withdrawn' union all
      select 'agent', created_at from (select created_at, row_number() over (partition by work_order_id
        order by created_at) as number from sessions where purpose = 'agent'
        and work_order_id = any (${ids}::uuid[])) s where number > 1
    ) done where at >= ${since} group by how order by min(at)`.execute(query),
  );
  return [...new Set(rows.map(({ how, times }) => did[how]?.(times) ?? how))];
}
