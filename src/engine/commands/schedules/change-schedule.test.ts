import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { addToken, newToken } from '../../../store/access/api-tokens.ts';
import { auditEntries } from '../../../store/access/audit-entries.ts';
import type { Database } from '../../../store/database.ts';
import { moveNextDue, sleepingSchedules } from '../../../store/work/schedules/schedules.ts';
import { admin, scheduleGround, wrongFields } from './schedules.fixture.ts';

const operator = { tokenId: null, role: 'operator' as const };
const { signal } = new AbortController();
const check = { kind: 'test' as const, command: 'true', source: 'given' };

async function changeActs(database: Database) {
  const acts = await database.run((query) => auditEntries(query, { limit: 50 }));
  return acts.filter(({ act }) => act.startsWith('schedule.change'));
}

const rowsOf = async (database: Database) =>
  (await sql`select * from schedules order by name`.execute(database.query)).rows;

/** Makes it due at the beginning of this minute, as its expression `* * * * *` is. */
const dueNow = (database: Database) =>
  sql`update schedules set next_due_at = date_trunc('minute', clock_timestamp())`.execute(database.query);

test('a change keeps what it does not name, and is recorded with the old and the new values', async () => {
  const { add, asked, database } = await scheduleGround();
  const added = await add({ description: 'All of it.', labels: ['gpu=yes'], agent: 'patch' });
  const changed = await asked.change(
    'nightly',
    { title: 'Tidy more', limitNanoUsd: 5n * 10n ** 9n, agent: null, checks: [check], name: 'tidy' },
    admin,
  );
  const { history, changes, next_at, last_run, ...schedule } = changed.schedule;
  expect(changed.warnings).toEqual([]);
  expect(schedule).toMatchObject({ name: 'tidy', title: 'Tidy more', limit_usd: 5, agent: null });
  expect(schedule).toMatchObject({ description: 'All of it.', labels: ['gpu=yes'], cron: added.cron });
  expect([next_at, history, last_run]).toEqual([added.next_at, [], null]);
  const fields = [
    { field: 'name', from: 'nightly', to: 'tidy' },
    { field: 'limit_usd', from: 1, to: 5 },
    { field: 'title', from: 'Tidy', to: 'Tidy more' },
    { field: 'agent', from: 'patch', to: null },
    { field: 'checks', from: [], to: ['test=true'] },
  ];
  expect(changes).toMatchObject([{ changed_by: 'human:ada', fields }]);
  expect(await changeActs(database)).toMatchObject([
    {
      actor: 'human:ada',
      act: 'schedule.change',
      subject: 'nightly',
      detail: { schedule: added.id, fields },
    },
  ]);
  // What is as it was is no change.
  const same = await asked.change('TIDY', { title: ' Tidy more ', cron: ` ${added.cron}` }, admin);
  expect(same.schedule.changes).toHaveLength(1);
  await expect(asked.one('nightly')).rejects.toMatchObject({ code: 'SCHEDULE_NOT_FOUND' });
});

test('what add refuses, a change refuses with the same code, and nothing is changed', async () => {
  const { add, asked, database } = await scheduleGround();
  await add();
  await add({ name: 'weekly', description: 'x' });
  const before = await rowsOf(database);
  const refusals = [...wrongFields, [{ name: 'WEEKLY' }, 'SCHEDULE_NAME_TAKEN']] as const;
  for (const [given, code] of refusals)
    await expect(
      asked.change('nightly', { description: 'other', ...given }, admin),
      code,
    ).rejects.toMatchObject({ code });
  expect(await rowsOf(database)).toEqual(before);
  expect((await asked.one('nightly')).changes).toEqual([]);
  expect(await changeActs(database)).toEqual([]);
});

test('fear: another expression starts what was missed by the old one', async () => {
  const { add, asked, decide, due, orders } = await scheduleGround();
  const { id } = await add();
  await due(id, 3);
  const { schedule } = await asked.change('nightly', { cron: '0 0 1 1 *' }, admin);
  expect(schedule.history).toMatchObject([
    { outcome: 'missed', instants: 4, because: 'The schedule was changed before it ran.' },
  ]);
  expect(schedule.next_at[0]).toMatch(/-01-01T00:00:00.000Z$/);
  await decide(id);
  expect(await orders()).toEqual([]);
});

test('fear: another time zone or expression makes an instant of the past due', async () => {
  const { add, asked, decide, orders, database } = await scheduleGround();
  const { rows } = await sql<{ hour: number }>`select extract(hour from clock_timestamp()
    at time zone 'UTC')::int as hour`.execute(database.query);
  const { id } = await add({ cron: `0 ${((rows[0]?.hour ?? 0) + 2) % 24} * * *` });
  // In this time zone, the same wall-clock hour was several hours ago.
  await asked.change('nightly', { timeZone: 'Pacific/Kiritimati' }, admin);
  await asked.change('nightly', { cron: `0 ${rows[0]?.hour ?? 0} * * *`, timeZone: 'UTC' }, admin);
  const [next] = (await asked.one('nightly')).next_at;
  const { rows: seen } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(database.query);
  expect(new Date(next ?? 0).getTime()).toBeGreaterThan(seen[0]?.now.getTime() ?? Number.POSITIVE_INFINITY);
  await decide(id);
  expect(await orders()).toEqual([]);
  expect((await asked.one('nightly')).history).toEqual([]);
});

test('an instant that is due at this moment runs once: as it was, or with the new texts', async () => {
  const { add, asked, database, decide, orders } = await scheduleGround();
  const { id } = await add({ cron: '* * * * *', title: 'Old' });
  await dueNow(database);
  const { schedule } = await asked.change('nightly', { cron: '0 0 1 1 *', title: 'New' }, admin);
  expect(schedule.history[0]).toMatchObject({ outcome: 'submitted', work_order: { title: 'Old' } });
  await decide(id);
  expect(await orders()).toMatchObject([{ title: 'Old', requestedBy: 'human:ada' }]);
  const other = await add({ name: 'other', cron: '* * * * *', title: 'Old too' });
  await sql`update schedules set next_due_at = date_trunc('minute', clock_timestamp()) where id = ${other.id}`.execute(
    database.query,
  );
  const changed = await asked.change('other', { title: 'New too' }, admin);
  expect(changed.schedule.history).toEqual([]);
  await decide(other.id);
  expect((await orders()).map(({ title }) => title)).toEqual(['Old', 'New too']);
});

test('what waits for an open work order goes on waiting, and the instant after it keeps its record', async () => {
  const { add, asked, database, decide, due, age, end } = await scheduleGround();
  const { id } = await add({ whenOpen: 'queue' });
  for (let round = 0; round < 2; round += 1) {
    await age();
    await due(id);
    await decide(id);
  }
  // Another minute may begin while the test runs; the one before it is missed then.
  const outcomes = async () =>
    (await asked.one('nightly')).history.map(({ outcome }) => outcome).filter((each) => each !== 'missed');
  expect(await outcomes()).toEqual(['waiting', 'submitted']);
  await asked.change('nightly', { cron: '* * * * *', title: 'New' }, admin);
  expect(await outcomes()).toEqual(['waiting', 'submitted']);
  await end('completed');
  await dueNow(database);
  await asked.change('nightly', { cron: '0 0 1 1 *' }, admin);
  expect(await outcomes()).toEqual(['waiting', 'submitted', 'submitted']);
});

test('a paused schedule stays paused, and the change tells how to resume it', async () => {
  const { add, asked, due, decide, end, age, alerts } = await scheduleGround();
  await add();
  await asked.pause('nightly', 'holidays');
  const change = { cron: '0 4 * * *', timeZone: 'Europe/Berlin' };
  const paused = await asked.change('nightly', change, admin);
  expect(paused.schedule).toMatchObject({ paused_because: 'holidays', next_at: [], cron: '0 4 * * *' });
  expect(paused.warnings).toEqual([
    'The schedule is still paused: holidays. Resume it with `moose schedule resume nightly`.',
  ]);
  const { id: other } = await add({ name: 'other' });
  for (let round = 0; round < 3; round += 1) {
    await age();
    await due(other);
    await decide(other);
    await end('failed');
  }
  await decide(other);
  const failed = await asked.change('other', { title: 'Better', name: 'better' }, admin);
  expect(failed.schedule).toMatchObject({ paused_by: 'moose:schedule', next_at: [] });
  expect(failed.warnings).toEqual([
    'The schedule is still paused: Its last 3 work orders all failed or need a person. Resume it with `moose schedule resume better`.',
  ]);
  expect(await alerts()).toMatchObject([{ code: 'SCHEDULE_PAUSED', open: true }]);
  expect((await asked.resume('better', admin)).next_at).toHaveLength(5);
});

test('R-SEC-1: only its owner or an admin changes a schedule, and only an admin one with checks', async () => {
  const { add, asked, askAs, database } = await scheduleGround();
  const token = newToken();
  const added = await database.run((query) =>
    addToken(query, token, { name: 'bea', role: 'operator', createdBy: 'test', person: 'bea' }),
  );
  const bea = askAs('human:bea');
  await add({}, { tokenId: added?.id ?? null, role: 'operator' }, bea);
  const other = askAs('human:cay').change('nightly', { title: 'Mine' }, operator);
  await expect(other).rejects.toMatchObject({ code: 'SCHEDULE_NOT_YOURS' });
  await expect(bea.change('nightly', { checks: [check] }, operator)).rejects.toMatchObject({
    code: 'SCHEDULE_NEEDS_ADMIN',
  });
  const own = await bea.change('nightly', { title: 'Own' }, operator);
  expect(own.schedule).toMatchObject({ title: 'Own', requested_by: 'human:bea' });
  // Bea could not have submitted such work orders, so they are not for her account.
  const taken = await asked.change('nightly', { checks: [check] }, admin);
  expect(taken.schedule).toMatchObject({ requested_by: 'human:ada', paused_at: null });
  expect(taken.warnings).toEqual([expect.stringContaining('bea may not submit such work orders')]);
  expect(taken.schedule.changes[0]?.fields).toContainEqual({
    field: 'requested_by',
    from: 'human:bea',
    to: 'human:ada',
  });
});

test('fear: two schedules get one name at the same moment', async () => {
  const { add, asked } = await scheduleGround();
  await add({ name: 'one' });
  await add({ name: 'two' });
  const renamed = await Promise.allSettled([
    asked.change('one', { name: 'same' }, admin),
    asked.change('two', { name: 'SAME' }, admin),
    add({ name: 'Same' }),
  ]);
  expect(renamed.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const each of renamed)
    if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'SCHEDULE_NAME_TAKEN' });
  expect((await asked.change('same', { name: 'Same' }, admin)).schedule.name).toBe('Same');
});

test('fear: whoever corrects the next instant by the old expression overwrites that of the new one', async () => {
  const { add, asked, database } = await scheduleGround();
  await add({ cron: '0 12 * * *' });
  const { schedules } = await database.run(sleepingSchedules, signal);
  await asked.change('nightly', { cron: '0 12 * * *', timeZone: 'Etc/UTC' }, admin);
  const [before] = (await asked.one('nightly')).next_at;
  for (const old of schedules)
    expect(await database.run((query) => moveNextDue(query, old, new Date()), signal)).toBe(false);
  expect((await asked.one('nightly')).next_at[0]).toBe(before);
});

test('R-AGENT-2: a schedule runs a command, until a change gives its work to an agent', async () => {
  const { add, asked, due, decide, database } = await scheduleGround();
  const { id } = await add({ command: ' npm update ' });
  expect(await asked.one('nightly')).toMatchObject({ command: 'npm update', agent: null });
  await due(id);
  await decide(id);
  const order = await database.query.selectFrom('workOrders').selectAll().executeTakeFirstOrThrow();
  expect(order).toMatchObject({ settings: { command: 'npm update' }, refinementCyclesMax: 0 });
  await expect(asked.change('nightly', { agent: 'patch' }, admin)).rejects.toMatchObject({
    code: 'COMMAND_INVALID',
  });
  const changed = await asked.change('nightly', { agent: 'patch', command: null }, admin);
  expect(changed.schedule).toMatchObject({ command: null, agent: 'patch' });
  const fields = [
    { field: 'agent', from: null, to: 'patch' },
    { field: 'command', from: 'npm update', to: null },
  ];
  expect(changed.schedule.changes).toMatchObject([{ fields }]);
});
