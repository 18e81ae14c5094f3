import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { newId, type WorkOrderId } from '../../../domain/ids.ts';
import { scheduleLimits } from '../../../domain/work-order/schedule.ts';
import { admin, scheduleGround, wrongFields } from './schedules.fixture.ts';

const operator = { tokenId: null, role: 'operator' as const };

test('what is wrong with a schedule is told when it is added, and nothing is stored', async () => {
  const { add, asked } = await scheduleGround();
  const refusals = [...wrongFields, [{ limitNanoUsd: undefined }, 'SCHEDULE_LIMIT_NEEDED']] as const;
  for (const [given, code] of refusals)
    await expect(add(given as Parameters<typeof add>[0]), code).rejects.toMatchObject({ code });
  expect(await asked.list()).toEqual([]);
});

test('fear: two schedules with one name, however it is written', async () => {
  const { add, asked } = await scheduleGround();
  const added = await Promise.allSettled([add(), add({ name: 'NIGHTLY' }), add({ name: 'Nightly' })]);
  expect(added.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(added.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { code: 'SCHEDULE_NAME_TAKEN' },
  });
  expect(await asked.list()).toHaveLength(1);
});

test('a hostile text is only a text, and a secret in it is not stored', async () => {
  const { add, due, decide, orders } = await scheduleGround();
  const title = "'; drop table schedules; -- $(reboot) \u001b[31m <script>";
  const { id } = await add({ title: `${title} ghp_0123456789abcdefghijklmnopqrstuvwxyzAB` });
  await due(id);
  await decide(id);
  const [order] = await orders();
  expect(order?.title).toContain(title);
  expect(order?.title).not.toContain('ghp_0123456789');
});

test('run now is for the account of who asks, once for each request, and never beside an open work order', async () => {
  const { add, askAs, orders, end, asked } = await scheduleGround();
  await add();
  await asked.pause('nightly', 'holidays');
  const bea = askAs('human:bea');
  const id = newId<WorkOrderId>(new Date());
  await Promise.all([bea.run('nightly', { id }, operator), bea.run('nightly', { id }, operator)]);
  expect(await orders()).toMatchObject([{ requestedBy: 'human:bea' }]);
  await expect(bea.run('nightly', {}, operator)).rejects.toMatchObject({ code: 'SCHEDULE_STILL_OPEN' });
  await end('completed');
  const shown = await bea.run('nightly', {}, operator);
  expect(shown.history).toMatchObject([{ asked_by: 'human:bea' }, { asked_by: 'human:bea' }]);
  expect(shown).toMatchObject({ paused_because: 'holidays', requested_by: 'human:ada' });
});

test('R-SEC-1: only its owner or an admin removes a schedule, and only an admin runs the checks of one', async () => {
  const { add, askAs } = await scheduleGround();
  await add({ checks: [{ kind: 'test', command: 'true', source: 'given' }] });
  const bea = askAs('human:bea');
  await expect(bea.remove('nightly', operator)).rejects.toMatchObject({ code: 'SCHEDULE_NOT_YOURS' });
  await expect(bea.run('nightly', {}, operator)).rejects.toMatchObject({ code: 'SCHEDULE_NEEDS_ADMIN' });
  await add({ name: 'formats', command: 'npm run format' });
  await expect(bea.run('formats', {}, operator)).rejects.toMatchObject({ code: 'SCHEDULE_NEEDS_ADMIN' });
  expect(await askAs('human:ada').remove('NIGHTLY', operator)).toEqual({ removed: 'nightly' });
  await expect(bea.remove('nightly', admin)).rejects.toMatchObject({ code: 'SCHEDULE_NOT_FOUND' });
});

test('a schedule that is removed at the same moment is not found, by whoever waited for that', async () => {
  const { add, asked, database } = await scheduleGround();
  const { id } = await add();
  const { rows } = await sql<{
    count: number;
  }>`select count(*)::int as count from schedules where id = ${id}`.execute(database.query);
  expect(rows).toEqual([{ count: 1 }]);
  const waiting = async () => {
    const found = await sql<{ count: number }>`select count(*)::int as count from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(database.query);
    return found.rows[0]?.count;
  };
  const asking: Promise<unknown>[] = [];
  await database.transaction(async (query) => {
    await sql`delete from schedules where id = ${id}`.execute(query);
    asking.push(asked.pause('nightly'), asked.resume('nightly', admin), asked.remove('nightly', admin));
    for (const one of asking) one.catch((cause: unknown) => cause);
    await expect.poll(waiting).toBe(3);
  });
  for (const one of asking) await expect(one).rejects.toMatchObject({ code: 'SCHEDULE_NOT_FOUND' });
});

test('a schedule of a removed project is not resumed', async () => {
  const { add, asked, database } = await scheduleGround();
  await add();
  await asked.pause('nightly');
  await sql`update projects set removed_at = clock_timestamp()`.execute(database.query);
  await expect(asked.resume('nightly', admin)).rejects.toMatchObject({
    code: 'SCHEDULE_PROJECT_GONE',
  });
});

test('there is a limit to the number of schedules', async () => {
  const { add, database } = await scheduleGround();
  await add();
  await sql`insert into schedules select (jsonb_populate_record(one, jsonb_build_object('id', gen_random_uuid(),
    'name', 'other-' || number))).* from schedules one, generate_series(1, ${scheduleLimits.schedulesMax}::int) number`.execute(
    database.query,
  );
  await expect(add({ name: 'one-more' })).rejects.toMatchObject({ code: 'SCHEDULES_TOO_MANY' });
});
