import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import type { Database } from '../../../store/database.ts';
import { raiseAlert } from '../../../store/failures/alerts.ts';
import { announceChannels } from '../../../store/failures/outbox.ts';
import { aWorkOrderAtWork, type Scratch } from '../../../store/work/scratch-rows.fixture.ts';
import type { Notice } from '../../ports/notifier.ts';
import { dailySummary } from './daily-summary.ts';
import { dailySummaryJob } from './daily-summary-job.ts';
import { summaryNotice } from './summary-notice.ts';

const cent = 10_000_000;
const never = new AbortController().signal;

async function inZone(database: Database, zone: string): Promise<void> {
  await sql`update system_config set value = ${JSON.stringify(zone)}::jsonb where key = 'budget.time_zone'`.execute(
    database.query,
  );
}

/** Moves the whole history of a work order to `at`; the database triggers, which forbid this, are switched off. */
async function history(
  database: Database,
  { workOrderId, runId }: Scratch,
  at: string,
  given: { status: 'completed' | 'failed' | 'cancelled'; cents: number },
): Promise<void> {
  const outcome = given.status === 'completed' ? 'completed' : 'CHECK_FAILED';
  await database.query.connection().execute(async (query) => {
    await sql`set session_replication_role = replica`.execute(query);
    await sql`update work_orders set status = ${given.status}::work_order_status, step_state = 'done', created_at = ${at}, finished_at = ${at}
      where id = ${workOrderId}`.execute(query);
    await sql`update runs set state = 'ended', outcome = ${outcome} where id = ${runId}`.execute(query);
    await sql`insert into cost_tracking (id, type, status, service_name, work_order_id, run_id, reserved_nano_usd,
        actual_nano_usd, created_at)
      values (gen_random_uuid(), 'actual', 'settled', 'proposer', ${workOrderId}, ${runId}, 0,
        ${given.cents * cent}, ${at})`.execute(query);
    await sql`insert into error_events (id, timestamp, error_type, severity, component, operation, error_message,
        failure_class, category, fingerprint, metadata, recovery_success)
      values (gen_random_uuid(), ${at}, 'X', 'low', 'git', 'push', 'No.', 'unknown', 'transient', 'f', '{}',
        ${given.status === 'completed'})`.execute(query);
    await sql`insert into escalations (id, failure_class, title, context, options, created_at, resolved_at, status)
      values (gen_random_uuid(), 'unknown', 'A question', '{}', '[]', ${at}, ${given.status === 'failed' ? null : at},
        ${given.status === 'failed' ? 'open' : 'resolved'})`.execute(query);
    await sql`set session_replication_role = origin`.execute(query);
  });
}

test("R-ESC-6: a day's summary has what was done, spent, wasted, recovered, asked and left open, and nothing of other days", async () => {
  const database = await testDatabase();
  await inZone(database, 'America/New_York');
  // The day in New York begins at 5:00 UTC.
  const orders = [];
  for (const title of ['Before', 'First', 'Second', 'Third', 'After'])
    orders.push(await aWorkOrderAtWork(database, { title }));
  const [before, first, second, third, after] = orders as [Scratch, Scratch, Scratch, Scratch, Scratch];
  await history(database, before, '2026-01-15T04:59:59Z', { status: 'completed', cents: 100 });
  await history(database, first, '2026-01-15T05:00:00Z', { status: 'completed', cents: 5 });
  await history(database, second, '2026-01-15T20:00:00Z', { status: 'failed', cents: 3 });
  await history(database, third, '2026-01-16T04:59:59Z', { status: 'cancelled', cents: 2 });
  await history(database, after, '2026-01-16T05:00:00Z', { status: 'completed', cents: 100 });
  expect(await dailySummary(database.query, '2026-01-15')).toEqual({
    day: '2026-01-15',
    time_zone: 'America/New_York',
    is_so_far: false,
    submitted: 3,
    completed: 1,
    failed: 1,
    cancelled: 1,
    completed_titles: ['First'],
    spent_usd: 0.1,
    wasted_usd: 0.05,
    errors: 3,
    recovered: 1,
    unrecovered: 2,
    escalated: 3,
    answered: 2,
    open_escalations: 1,
    open_work_orders: 0,
    ready_to_merge: 0,
    open_alerts: 0,
  });
  expect(await dailySummary(database.query, '2026-01-16')).toMatchObject({
    completed: 1,
    open_escalations: 1,
  });
  expect(await dailySummary(database.query, '2026-01-14')).toMatchObject({
    completed: 1,
    open_escalations: 0,
  });
});

test('a day of 23 or 25 hours is one day; an unknown time zone is UTC', async () => {
  const database = await testDatabase();
  const [spring, autumn] = [await aWorkOrderAtWork(database), await aWorkOrderAtWork(database)];
  await inZone(database, 'Europe/Berlin');
  await history(database, spring, '2026-03-29T21:59:59Z', { status: 'completed', cents: 1 });
  await history(database, autumn, '2026-10-25T22:59:59Z', { status: 'completed', cents: 1 });
  expect(await dailySummary(database.query, '2026-03-29')).toMatchObject({ completed: 1 });
  expect(await dailySummary(database.query, '2026-03-30')).toMatchObject({ completed: 0 });
  expect(await dailySummary(database.query, '2026-10-25')).toMatchObject({ completed: 1 });
  await inZone(database, 'Nowhere/Else');
  expect(await dailySummary(database.query)).toMatchObject({ time_zone: 'UTC', is_so_far: true });
  for (const day of ['2026-02-30', 'today', '2026-1-1', '', "2026-01-01'"])
    await expect(dailySummary(database.query, day)).rejects.toMatchObject({ code: 'DAY_INVALID' });
});

/** A time zone in which it is noon now, or just after midnight. */
function zoneAt(hour: number): string {
  const offset = hour - new Date().getUTCHours();
  // `Etc/GMT` names have the opposite sign, and go from +12 to -14.
  const hours = offset > 12 ? offset - 24 : offset < -11 ? offset + 24 : offset;
  return `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`;
}

const told = (database: Database) =>
  database.query.selectFrom('outbox').select(['key', 'channel', 'payload']).orderBy('id').execute();

test('R-ESC-6: each channel gets the summary of the previous day once, in the morning, and so does a new channel', async () => {
  const database = await testDatabase();
  const job = dailySummaryJob({ database });
  const scratch = await aWorkOrderAtWork(database, { title: 'Mend <!channel>\nit' });
  await announceChannels(database.query, ['slack'], 'test');
  await inZone(database, zoneAt(12));
  // A new Moose has no previous day.
  await job.run(never);
  expect(await told(database)).toEqual([]);
  const { day } = await dailySummary(database.query);
  const yesterday = new Date(Date.parse(day) - 24 * 60 * 60_000).toISOString().slice(0, 10);
  await history(database, scratch, new Date(Date.now() - 24 * 60 * 60_000).toISOString(), {
    status: 'completed',
    cents: 7,
  });
  await inZone(database, zoneAt(3));
  await job.run(never);
  expect(await told(database)).toEqual([]);
  await inZone(database, zoneAt(12));
  await Promise.all([job.run(never), job.run(never)]);
  await job.run(never);
  expect(await told(database)).toMatchObject([{ key: `summary.daily:${yesterday}:slack` }]);
  await announceChannels(database.query, ['discord'], 'test');
  await job.run(never);
  const all = await told(database);
  expect(all.map(({ channel }) => channel)).toEqual(['slack', 'discord']);
  const notice = all[0]?.payload as unknown as Notice;
  expect(notice.title).toBe(`${yesterday}: 1 work order done`);
  expect(notice.text).toContain('• Mend <!channel> it');
  expect(notice.facts).toContainEqual({ name: 'Spent', value: '$0.07' });
});

test('what waits for a person comes first', async () => {
  const database = await testDatabase();
  expect(summaryNotice(await dailySummary(database.query))).toMatchObject({
    severity: 'low',
    text: 'A quiet day. Nothing waits for you.',
  });
  const alert = { severity: 'high' as const, component: 'c', operation: 'o', code: 'X', message: 'No.' };
  await raiseAlert(database.query, { key: 'k', ...alert });
  expect(summaryNotice(await dailySummary(database.query))).toMatchObject({
    severity: 'medium',
    text: expect.stringContaining('Waiting for you: 1 alert.'),
  });
  const summary = { ...(await dailySummary(database.query)), ready_to_merge: 2 };
  expect(summaryNotice(summary)).toMatchObject({
    text: expect.stringContaining(
      'Waiting for you: 1 alert and 2 changes. See `moose alerts` and `moose ls --needs-you`.',
    ),
    facts: expect.arrayContaining([{ name: 'Ready to merge', value: '2 changes' }]),
  });
});
