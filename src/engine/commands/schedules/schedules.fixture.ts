// For tests: schedules on a real database, whose due instants a test brings about by moving them into the past.
import { sql } from 'kysely';
import { testDatabase } from '../../../../test/database.ts';
import { scratchRepository } from '../../../git/scratch-repository.fixture.ts';
import { systemClock } from '../../../stdx/clock.ts';
import type { Database } from '../../../store/database.ts';
import { askSchedules } from './ask-schedules.ts';
import { decideDue } from './decide-due.ts';
import type { AskedWith, NewSchedule } from './schedules-deps.ts';

const known = { agentNames: ['patch'], assertModel: async () => undefined };
const { signal } = new AbortController();
const hourMinutes = 60;
/** Due each hour, and last five minutes ago: so no test passes an instant while it runs. */
const hourly = `${(new Date().getUTCMinutes() + hourMinutes - 5) % hourMinutes} * * * *`;
export const admin: AskedWith = { tokenId: null, role: 'admin' };

export async function scheduleGround() {
  const database = await testDatabase();
  const { path } = scratchRepository();
  const askAs = (actor: string) => askSchedules({ database, clock: systemClock, actor, known });
  const asked = askAs('human:ada');
  const add = async (given: Partial<NewSchedule> = {}, by = admin, who = asked) => {
    const wanted = { cron: hourly, timeZone: 'UTC', whenOpen: 'skip' as const, catchUpMs: 86_400_000 };
    const place = given.project === undefined ? { repositoryPath: path } : {};
    const { schedule } = await who.add(
      { name: 'nightly', title: 'Tidy', limitNanoUsd: 10n ** 9n, ...wanted, ...place, ...given },
      by,
    );
    return schedule;
  };
  const decide = (id: string) =>
    decideDue({ database, clock: systemClock, reached: () => undefined }, id, signal);
  return { database, path, asked, askAs, add, decide, ...rowsOf(database) };
}

function rowsOf(database: Database) {
  return {
    /** Moves the next instant back to the last one that was due, or to one before it. */
    due: async (id: string, hoursBefore = 0) => {
      await sql`update schedules set next_due_at = next_due_at - ${1 + hoursBefore} * interval '1 hour'
        where id = ${id}`.execute(database.query);
    },
    end: async (status: string) => {
      await sql`update work_orders set status = 'in_progress', step = 'routing', step_state = 'running' where status = 'pending'`.execute(
        database.query,
      );
      await sql`update work_orders set status = ${status}::work_order_status,
        step_state = case when ${status} = 'needs_review' then 'manual_intervention_required' else 'done' end::work_order_step_state,
        finished_at = case when ${status} <> 'needs_review' then clock_timestamp() end where status = 'in_progress'`.execute(
        database.query,
      );
    },
    /** As if what was decided about had been due an hour earlier. */
    age: async () => {
      await sql`alter table schedule_runs disable trigger schedule_runs_decided_once`.execute(database.query);
      await sql`update schedule_runs set due_at = due_at - interval '1 hour'`.execute(database.query);
      await sql`alter table schedule_runs enable trigger schedule_runs_decided_once`.execute(database.query);
    },
    orders: async () => {
      const { rows } = await sql<{
        title: string;
        requestedBy: string;
        changedBy: string;
        limitNanoUsd: bigint;
        reason: string;
      }>`select title, requested_by, changed_by, limit_nano_usd, changed_because as reason from work_orders
        order by created_at, id`.execute(database.query);
      return rows;
    },
    queued: async () => {
      const { rows } = await sql<{
        runs: number;
        queued: number;
      }>`select (select count(*)::int from runs) as runs,
        (select count(*)::int from moose_queue.jobs) as queued`.execute(database.query);
      return rows[0];
    },
    alerts: async () => {
      const { rows } = await sql<{ code: string; message: string; open: boolean }>`select code, message,
        resolved_at is null as open from system_alerts order by created_at`.execute(database.query);
      return rows;
    },
  };
}

/** What is wrong in a field, whether it is given when a schedule is added or when it is changed. */
export const wrongFields = [
  [{ name: '../x' }, 'SCHEDULE_NAME_INVALID'],
  [{ cron: '0 0 31 2 *' }, 'CRON_NEVER'],
  [{ cron: 'often' }, 'CRON_INVALID'],
  [{ timeZone: 'Berlin' }, 'TIME_ZONE_UNKNOWN'],
  [{ title: '{{daet}}' }, 'PLACEHOLDER_UNKNOWN'],
  [{ title: `${'x'.repeat(495)}{{date}}` }, 'SUBMISSION_INVALID'],
  [{ title: ' ' }, 'SUBMISSION_INVALID'],
  [{ description: 'a\0b' }, 'SUBMISSION_INVALID'],
  [{ acceptance: 'a\0b' }, 'SUBMISSION_INVALID'],
  [{ limitNanoUsd: 0n }, 'SUBMISSION_INVALID'],
  [{ timeLimitMs: 0 }, 'SUBMISSION_INVALID'],
  [{ catchUpMs: 1 }, 'SCHEDULE_CATCH_UP_INVALID'],
  [{ agent: 'nobody' }, 'AGENT_UNKNOWN'],
  [{ project: 'nothing' }, 'PROJECT_NOT_FOUND'],
  [{ base: 'nothing' }, 'BASE_BRANCH_UNKNOWN'],
  [{ labels: ['x'] }, 'LABEL_INVALID'],
  [
    { checks: [{ kind: 'test', command: 'ghp_0123456789abcdefghijklmnopqrstuvwxyzAB', source: 'given' }] },
    'SECRET_IN_CHECK',
  ],
] as const;
