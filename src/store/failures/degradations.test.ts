import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { aWorkOrderAtWork } from '../work/scratch-rows.fixture.ts';
import { changeWorkOrder, eventsOf } from '../work/work-orders/work-orders.ts';
import { degrade, endLapsedDegradations, openDegradations, restore } from './degradations.ts';

test('R-REC-4: a degradation is recorded once, reported to its work order, and ends with its cause', async () => {
  const database = await testDatabase();
  const { query } = database;
  const { workOrderId } = await aWorkOrderAtWork(database);
  const given = { key: 'dual_agent:1', feature: 'the reviewer', workOrderId };
  expect(await degrade(query, { ...given, because: 'it did not answer' })).toBe(true);
  expect(await degrade(query, { ...given, because: 'it refused \0' })).toBe(false);
  expect(await openDegradations(query)).toMatchObject([
    { feature: 'the reviewer', because: 'it refused \u{FFFD}', until: null },
  ]);
  expect(await restore(query, given.key)).toBe(true);
  expect(await restore(query, given.key)).toBe(false);
  expect(await openDegradations(query)).toEqual([]);
  const told = (await eventsOf(query, workOrderId)).filter(({ actor }) => actor === 'moose:degradations');
  expect(told.map(({ kind, reason }) => `${kind}: ${reason}`)).toEqual([
    'degraded: without the reviewer: it did not answer',
    'restored: the reviewer is available again',
  ]);
});

test('R-REC-4: the degradation of a dead process expires by itself, even before the cleanup, and may begin again', async () => {
  const { query } = await testDatabase();
  const given = {
    key: 'pressure:1:reviewer',
    feature: 'reviewer',
    because: 'no memory',
    lapsesAfterMs: 60_000,
  };
  await degrade(query, given);
  await degrade(query, { key: 'other', feature: 'summaries', because: 'x' });
  expect(await openDegradations(query)).toHaveLength(2);
  await sql`update degradations set lapses_at = clock_timestamp() where key = ${given.key}`.execute(query);
  expect((await openDegradations(query)).map(({ key }) => key)).toEqual(['other']);
  expect(await degrade(query, given)).toBe(true);
  await sql`update degradations set lapses_at = clock_timestamp() where key = ${given.key} and until is null`.execute(
    query,
  );
  expect(await endLapsedDegradations(query)).toBe(1);
  expect(await endLapsedDegradations(query)).toBe(0);
  const rows = await query.selectFrom('degradations').selectAll().where('key', '=', given.key).execute();
  expect(rows).toHaveLength(2);
  expect(rows.every(({ until, since }) => until !== null && until >= since)).toBe(true);
});

test('R-REC-4: the degradations of a work order end with it', async () => {
  const database = await testDatabase();
  const { query } = database;
  const { workOrderId } = await aWorkOrderAtWork(database);
  await degrade(query, { key: 'a', feature: 'reviewer', because: 'x', workOrderId });
  expect(await endLapsedDegradations(query)).toBe(0);
  const change = { status: 'failed', stepState: 'done', changedBy: 'moose:1', changedBecause: 'x' } as const;
  await changeWorkOrder(query, workOrderId, {}, change);
  expect(await endLapsedDegradations(query)).toBe(1);
  expect(await openDegradations(query)).toEqual([]);
});
