import { sql } from 'kysely';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import type { ReservationId } from '../../../domain/ids.ts';
import { systemClock } from '../../../stdx/clock.ts';
import type { Database } from '../../../store/database.ts';
import { raiseAlert } from '../../../store/failures/alerts.ts';
import { announceChannels } from '../../../store/failures/outbox.ts';
import { cancelReservation, reserveBudget } from '../../../store/money/costs.ts';
import { ifDue } from '../../background/jobs/if-due.fixture.ts';
import { changeLimits } from '../../commands/change-limits.ts';
import { budgetJobs } from './budget-jobs.ts';
import { aDraw, cost, goodEnd, ledgerGround } from './ledger-ground.fixture.ts';
import { openCallLedger } from './open-call-ledger.ts';

const shared = sharedDatabase();
const usd = 1_000_000_000n;

async function doJob(database: Database, name: string): Promise<void> {
  const job = budgetJobs({ database, logger: pino({ level: 'silent' }) }).find((each) => each.name === name);
  await (job?.due ? ifDue(database, job) : job)?.run(new AbortController().signal);
}

const alerts = async (database: Database) =>
  (await database.query.selectFrom('systemAlerts').selectAll().where('resolvedAt', 'is', null).execute()).map(
    ({ key, severity, message }) => ({ key, severity, message }),
  );

async function notices(database: Database): Promise<string[]> {
  const rows = await database.query.selectFrom('outbox').select('payload').orderBy('id').execute();
  return rows.map(({ payload }) => String((payload as { title?: string }).title));
}

async function ready(): Promise<Database> {
  const database = shared();
  await database.query.deleteFrom('outbox').execute();
  await announceChannels(database.query, ['slack'], 'test');
  return database;
}

const reserve = (database: Database, nanoUsd: bigint) => reserveBudget(database.query, nanoUsd, 'test', {});

test("R-BUD-1: at half of the day's limit people are told, once; the month is a separate window", async () => {
  const database = await ready();
  await reserve(database, 49n * usd);
  await doJob(database, 'budget-warnings');
  expect(await alerts(database)).toEqual([]);
  await reserve(database, 1n * usd);
  for (let times = 0; times < 2; times++) await doJob(database, 'budget-warnings');
  const message = '50 % of the limit for this day is spent or reserved: $50.00 of $100.00.';
  expect(await alerts(database)).toEqual([
    { key: expect.stringMatching(/^budget\.warning:day:/), severity: 'medium', message },
  ]);
  expect(await notices(database)).toEqual([message]);
  await sql`update system_config set value = '0.1' where key = 'budget.warning_share'`.execute(
    database.query,
  );
  await doJob(database, 'budget-warnings');
  expect(await notices(database)).toHaveLength(2);
  expect(await alerts(database)).toHaveLength(2);
});

test('R-BUD-1: when the limit is raised, its warning is closed until half of the new limit is spent', async () => {
  const database = await ready();
  await reserve(database, 50n * usd);
  await doJob(database, 'budget-warnings');
  expect(await alerts(database)).toHaveLength(1);
  await changeLimits({ database, clock: systemClock }, { dailyNanoUsd: 400n * usd }, 'human:ada');
  await doJob(database, 'budget-warnings');
  expect(await alerts(database)).toEqual([]);
  await sql`update system_config set value = '10000' where key = 'budget.monthly_limit_usd'`.execute(
    database.query,
  );
  await reserve(database, 150n * usd);
  for (let times = 0; times < 2; times++) await doJob(database, 'budget-warnings');
  expect((await alerts(database)).map(({ message }) => message)).toEqual([
    '50 % of the limit for this day is spent or reserved: $200.00 of $400.00.',
  ]);
});

test('R-BUD-1: when reserved money is released, the warning is closed, but not while it rises and falls a little', async () => {
  const database = await ready();
  await reserve(database, 46n * usd);
  const { reservationId: small } = await reserve(database, 4n * usd);
  await doJob(database, 'budget-warnings');
  if (small) await cancelReservation(database.query, small);
  await doJob(database, 'budget-warnings');
  expect(await alerts(database)).toHaveLength(1);
  const { rows } = await sql<{
    id: ReservationId;
  }>`select id from cost_tracking where status = 'held'`.execute(database.query);
  for (const { id } of rows) await cancelReservation(database.query, id);
  await doJob(database, 'budget-warnings');
  expect(await alerts(database)).toEqual([]);
});

test('the warning of a past day is closed', async () => {
  const database = await ready();
  const old = { severity: 'medium', component: 'budget', operation: 'warn', code: 'BUDGET_WARNING' } as const;
  await raiseAlert(database.query, { ...old, key: 'budget.warning:day:2020-01-01', message: 'm' });
  await raiseAlert(database.query, { ...old, key: 'another', message: 'm' });
  await doJob(database, 'budget-warnings');
  expect((await alerts(database)).map(({ key }) => key)).toEqual(['another']);
});

test('R-BUD-2: a counter that differs from its envelopes is a critical alert, and freezes nothing', async () => {
  const database = await ready();
  const { reservationId } = await reserve(database, 3n * usd);
  await doJob(database, 'budget-proof');
  expect(await alerts(database)).toEqual([]);
  await sql`update budget_windows set held_nano_usd = held_nano_usd + 500000000 where key like 'day:%'`.execute(
    database.query,
  );
  for (let times = 0; times < 2; times++) await doJob(database, 'budget-proof');
  expect(await alerts(database)).toEqual([
    {
      key: 'budget.proof',
      severity: 'critical',
      message: expect.stringMatching(
        /^day:\d{4}-\d\d-\d\d shows \$3\.50 held, but its rows add up to \$3\.00: run `moose budget --check` for details\.$/,
      ),
    },
  ]);
  expect(await notices(database)).toHaveLength(1);
  expect((await reserve(database, usd)).canProceed).toBe(true);
  // The end of a reservation is booked nevertheless.
  await sql`update budget_windows set held_nano_usd = 0`.execute(database.query);
  expect(reservationId && (await cancelReservation(database.query, reservationId))).toBe(true);
  await sql`update budget_windows set held_nano_usd = ${usd.toString()}::bigint`.execute(database.query);
  await doJob(database, 'budget-proof');
  expect(await alerts(database)).toEqual([]);
});

test('R-BUD-12: people are told that a model is stopped, and why, and lifting it closes the alerts', async () => {
  const database = await ready();
  const made = await ledgerGround(database, 10n);
  const ledger = openCallLedger(database);
  const [draw, other] = [aDraw(made, 5n), { ...aDraw(made, 1n), model: 'other/model' }];
  await ledger.draw(draw);
  await ledger.draw(other);
  await ledger.settle(draw.callId, cost(6n), goodEnd);
  await ledger.presume(other.callId, goodEnd, false, { stops: 'its answer reports a fee' });
  for (let times = 0; times < 2; times++) await doJob(database, 'budget-warnings');
  expect(new Set(await notices(database))).toEqual(
    new Set([
      'A call of scripted/light cost more than was reserved for it: the model is stopped',
      'other/model is stopped, because the cost of a call is not known: its answer reports a fee',
    ]),
  );
  await changeLimits({ database, clock: systemClock }, { thaws: true }, 'human:test');
  expect(await alerts(database)).toEqual([]);
  expect(await ledger.draw(aDraw(made, 1n))).toEqual({ kind: 'drawn' });
});

test('bodies that nobody needs any more are deleted; calls of dead gateways are looked for', async () => {
  const database = await ready();
  const made = await ledgerGround(database, 10n);
  const ledger = openCallLedger(database);
  for (const age of ['8 days', '1 day']) {
    const draw = aDraw(made, 1n);
    await ledger.draw(draw);
    await ledger.keepBodies(draw.callId, { request: age, response: '' });
    await sql`update call_bodies set created_at = now() - ${age}::interval where request = ${age}`.execute(
      database.query,
    );
  }
  await doJob(database, 'call-bodies');
  expect(
    (await database.query.selectFrom('callBodies').select('request').execute()).map(({ request }) => request),
  ).toEqual(['1 day']);
  await sql`update gateways set ended_at = now()`.execute(database.query);
  await doJob(database, 'reap-calls');
  const open = await database.query
    .selectFrom('costTracking')
    .select('id')
    .where('status', '=', 'sent')
    .execute();
  expect(open).toEqual([]);
});
