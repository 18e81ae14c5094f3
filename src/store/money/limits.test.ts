import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { aWorkOrderAtWork } from '../work/scratch-rows.fixture.ts';
import { budgetRows } from './budget-report.ts';
import { reserveBudget } from './costs.ts';
import { limitsOf, setLimit, setSubjectLimit, thawLimits } from './limits.ts';

const shared = sharedDatabase();

const dollar = 1_000_000_000n;
const kinds = (limits: Array<{ key: string }>) => limits.map(({ key }) => key.split(':')[0]);

test('R-BUD-1: the limits that apply to a work order, and what is used of them', async () => {
  const database = shared();
  const { workOrderId, projectId } = await aWorkOrderAtWork(database, {
    limitNanoUsd: dollar,
    projectLimitUsd: 7,
  });
  const metadata = { work_order_id: workOrderId, project_id: projectId };
  await reserveBudget(database.query, dollar / 4n, 'test', metadata);
  const limits = await limitsOf(database.query, metadata);
  expect(kinds(limits)).toEqual(['day', 'month', 'project', 'work_order']);
  expect(limits.map(({ limitNanoUsd }) => limitNanoUsd)).toEqual([
    100n * dollar,
    500n * dollar,
    7n * dollar,
    dollar,
  ]);
  for (const { usedNanoUsd, isFrozen } of limits)
    expect({ usedNanoUsd, isFrozen }).toEqual({ usedNanoUsd: dollar / 4n, isFrozen: false });
  expect(kinds(await limitsOf(database.query))).toEqual(['day', 'month']);
});

test('a limit that is set applies exactly, from the next reservation on, even if the setting was removed before', async () => {
  const database = shared();
  await sql`delete from system_config where key = 'budget.monthly_limit_usd'`.execute(database.query);
  await setLimit(database.query, 'daily', 123_456_789n, 'human:me');
  await setLimit(database.query, 'monthly', 9n * dollar, 'human:me');
  expect((await limitsOf(database.query)).map(({ limitNanoUsd }) => limitNanoUsd)).toEqual([
    123_456_789n,
    9n * dollar,
  ]);
  expect((await reserveBudget(database.query, 123_456_790n, 'test', {})).canProceed).toBe(false);
  expect((await reserveBudget(database.query, 123_456_789n, 'test', {})).canProceed).toBe(true);
  const rows = await database.query
    .selectFrom('systemConfig')
    .select(['key', 'value', 'updatedBy'])
    .where('key', 'like', 'budget.%_limit_usd')
    .orderBy('key')
    .execute();
  expect(rows).toEqual([
    { key: 'budget.daily_limit_usd', value: 0.123456789, updatedBy: 'human:me' },
    { key: 'budget.monthly_limit_usd', value: 9, updatedBy: 'human:me' },
  ]);
});

test('R-BUD-2: fear: the budget does not show what is frozen, because many people have limits', async () => {
  const database = shared();
  const { workOrderId } = await aWorkOrderAtWork(database, { limitNanoUsd: dollar });
  const { reservationId } = await reserveBudget(database.query, dollar, 'test', {
    work_order_id: workOrderId,
  });
  await sql`select settle_reservation(${reservationId}, ${(2n * dollar).toString()}::bigint, 0)`.execute(
    database.query,
  );
  const many = Array.from({ length: 60 }, (_, at) => `person-${at}`);
  for (const subject of many)
    await setSubjectLimit(
      database.query,
      { kind: 'person', subject },
      { dailyNanoUsd: 1n, monthlyNanoUsd: 1n },
      'human:me',
    );
  const shown = (await database.run(budgetRows)).windows.map(({ key }) => key);
  expect(shown.slice(0, 2).map((key) => key.split(':')[0])).toEqual(['day', 'month']);
  expect(shown).toContain(`work_order:${workOrderId}`);
});

test('R-BUD-2: a freeze lasts until a person lifts it', async () => {
  const database = shared();
  const { reservationId } = await reserveBudget(database.query, dollar, 'test', {});
  await sql`select settle_reservation(${reservationId}, ${(2n * dollar).toString()}::bigint, 0)`.execute(
    database.query,
  );
  expect((await limitsOf(database.query)).map(({ isFrozen }) => isFrozen)).toEqual([true, true]);
  expect((await reserveBudget(database.query, 1n, 'test', {})).canProceed).toBe(false);
  expect(await thawLimits(database.query)).toEqual([
    expect.stringMatching(/^day:/),
    expect.stringMatching(/^month:/),
  ]);
  expect((await reserveBudget(database.query, 1n, 'test', {})).canProceed).toBe(true);
  expect(await thawLimits(database.query)).toEqual([]);
});
