import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { addToken, newToken, revokeToken } from '../../../store/access/api-tokens.ts';
import { scheduleGround } from './schedules.fixture.ts';
import { wakeOverslept } from './schedules-job.ts';

const minuteMs = 60_000;
const { signal } = new AbortController();

test('a due instant makes one work order, with its run, for the account of the owner', async () => {
  const { add, due, decide, orders, queued, asked } = await scheduleGround();
  const { id } = await add({ title: 'Tidy on {{date}}', timeZone: 'Europe/Berlin' });
  await decide(id);
  expect(await orders()).toEqual([]);
  await due(id);
  await Promise.all([decide(id), decide(id), decide(id), decide(id)]);
  expect(await orders()).toEqual([
    {
      title: expect.stringMatching(/^Tidy on \d{4}-\d\d-\d\d$/),
      requestedBy: 'human:ada',
      changedBy: 'moose:schedule',
      limitNanoUsd: 10n ** 9n,
      reason: expect.stringMatching(/^submitted by the schedule nightly, due at .+Z$/),
    },
  ]);
  expect(await queued()).toEqual({ runs: 1, queued: 1 });
  const shown = await asked.one('nightly');
  expect(shown.history).toMatchObject([{ outcome: 'submitted', work_order: { status: 'pending' } }]);
  expect(new Date(shown.next_at[0] ?? 0).getTime()).toBeGreaterThan(Date.now() - minuteMs);
});

test('fear: the clock of the database is set back, and an instant runs twice', async () => {
  const { add, due, decide, end, orders, asked } = await scheduleGround();
  const { id } = await add();
  await due(id);
  await decide(id);
  await end('completed');
  await due(id);
  await decide(id);
  expect((await asked.one('nightly')).history).toHaveLength(1);
  expect(await orders()).toHaveLength(1);
});

test('fear: the clock was ahead for a while, and the schedule sleeps for years', async () => {
  const { add, database, asked } = await scheduleGround();
  await add();
  await sql`update schedules set next_due_at = next_due_at + interval '2 years'`.execute(database.query);
  await wakeOverslept(database, signal);
  const [next] = (await asked.one('nightly')).next_at;
  expect(new Date(next ?? 0).getTime()).toBeLessThan(Date.now() + 60 * minuteMs);
});

test('of missed instants the newest runs, and the others are told as missed', async () => {
  const { add, due, decide, orders, asked } = await scheduleGround();
  const { id } = await add();
  await due(id, 7);
  await decide(id);
  const [run, missed, ...rest] = (await asked.one('nightly')).history;
  expect([run?.outcome, missed?.outcome, rest]).toEqual(['submitted', 'missed', []]);
  expect(missed?.instants).toBe(7);
  const between = Date.parse(run?.due_at ?? '') - Date.parse(missed?.first_due_at ?? '');
  expect(between).toBe(7 * 60 * minuteMs);
  expect(await orders()).toHaveLength(1);
});

test('an instant that was missed for too long does not run', async () => {
  const { add, database, decide, orders, asked } = await scheduleGround();
  const hour = new Date().getUTCHours();
  const { id } = await add({ cron: `0 ${(hour + 22) % 24} * * *`, catchUpMs: minuteMs });
  await sql`update schedules set next_due_at = next_due_at - interval '3 days'`.execute(database.query);
  await decide(id);
  expect(await orders()).toEqual([]);
  expect((await asked.one('nightly')).history).toMatchObject([{ outcome: 'missed', instants: 3 }]);
});

test('while the previous work order is open, an instant is skipped, and told', async () => {
  const { add, due, decide, end, orders, asked, age } = await scheduleGround();
  const { id } = await add();
  await due(id);
  await decide(id);
  await age();
  await due(id);
  await decide(id);
  expect(await orders()).toHaveLength(1);
  expect((await asked.one('nightly')).history[0]).toMatchObject({
    outcome: 'skipped',
    because: 'The previous work order was still open.',
  });
  await end('completed');
  await age();
  await due(id);
  await decide(id);
  expect(await orders()).toHaveLength(2);
});

test('with queue, one instant waits for the previous work order, and no more than one', async () => {
  const { add, due, decide, end, orders, asked, age } = await scheduleGround();
  const { id } = await add({ whenOpen: 'queue' });
  for (let round = 0; round < 3; round += 1) {
    await age();
    await due(id);
    await decide(id);
  }
  const outcomes = async () => (await asked.one('nightly')).history.map(({ outcome }) => outcome);
  expect(await outcomes()).toEqual(['skipped', 'waiting', 'submitted']);
  await end('completed');
  await Promise.all([decide(id), decide(id)]);
  expect(await outcomes()).toEqual(['skipped', 'submitted', 'submitted']);
  expect(await orders()).toHaveLength(2);
});

test('an instant that waits is skipped if the schedule is paused', async () => {
  const { add, due, decide, asked, age, end, orders } = await scheduleGround();
  const { id } = await add({ whenOpen: 'queue' });
  for (let round = 0; round < 2; round += 1) {
    await age();
    await due(id);
    await decide(id);
  }
  await asked.pause('nightly');
  await end('completed');
  await asked.resume('nightly', { tokenId: null, role: 'operator' });
  await decide(id);
  expect((await asked.one('nightly')).history.map(({ outcome }) => outcome)).toEqual([
    'skipped',
    'submitted',
  ]);
  expect(await orders()).toHaveLength(1);
});

test('after three work orders in a row that failed or need a person, it pauses itself and tells people', async () => {
  const { add, due, decide, end, orders, asked, age, alerts } = await scheduleGround();
  const { id } = await add();
  for (const status of ['failed', 'completed', 'failed', 'needs_review', 'failed']) {
    await age();
    await due(id);
    await decide(id);
    await end(status);
  }
  expect(await orders()).toHaveLength(5);
  expect(await alerts()).toEqual([]);
  // It does not wait for the next instant.
  await decide(id);
  const shown = await asked.one('nightly');
  expect(shown).toMatchObject({ paused_by: 'moose:schedule', next_at: [] });
  expect(await alerts()).toEqual([
    { code: 'SCHEDULE_PAUSED', message: expect.stringContaining('last 3 work orders'), open: true },
  ]);
  await asked.resume('nightly', { tokenId: null, role: 'operator' });
  await age();
  await due(id);
  await decide(id);
  expect(await orders()).toHaveLength(6);
  expect(await alerts()).toMatchObject([{ open: false }]);
});

test('a schedule whose project was removed pauses itself and tells people', async () => {
  const { add, due, decide, orders, alerts, database, asked } = await scheduleGround();
  const { id } = await add();
  await sql`update projects set removed_at = now()`.execute(database.query);
  await due(id);
  await decide(id);
  expect(await orders()).toEqual([]);
  expect(await alerts()).toMatchObject([
    { code: 'SCHEDULE_PAUSED', message: expect.stringContaining('was removed') },
  ]);
  await expect(asked.resume('nightly', { tokenId: null, role: 'admin' })).rejects.toMatchObject({
    code: 'SCHEDULE_PROJECT_GONE',
  });
});

test('R-SEC-1: fear: a revoked token goes on spending by its schedule', async () => {
  const { add, due, decide, orders, database, asked, askAs } = await scheduleGround();
  const given = { name: 'laptop', role: 'operator' as const, createdBy: 'test', person: 'ada' };
  const token = await addToken(database.query, newToken(), given);
  const { id } = await add({}, { tokenId: token?.id ?? '', role: 'operator' });
  await database.run((query) => revokeToken(query, token?.id ?? ''));
  await due(id);
  await decide(id);
  expect(await orders()).toEqual([]);
  expect(await asked.one('nightly')).toMatchObject({
    paused_because: 'ada may no longer submit such work orders.',
  });
  await askAs('human:bea').resume('nightly', { tokenId: null, role: 'operator' });
  expect(await asked.one('nightly')).toMatchObject({ requested_by: 'human:bea', paused_at: null });
});

test('fear: a schedule is removed at the moment when it is due', async () => {
  const { add, due, decide, orders, asked } = await scheduleGround();
  const { id } = await add();
  await due(id);
  const by = { tokenId: null, role: 'admin' as const };
  await Promise.all([decide(id), asked.remove('nightly', by), decide(id), decide(id)]);
  expect((await orders()).length).toBeLessThanOrEqual(1);
  await decide(id);
  await expect(asked.one('nightly')).rejects.toMatchObject({ code: 'SCHEDULE_NOT_FOUND' });
  // The name is free again.
  expect((await add()).history).toEqual([]);
});

test('a work order that can no longer be submitted is told, and the schedule goes on', async () => {
  const { add, due, decide, orders, alerts, asked, database, age } = await scheduleGround();
  const { id } = await add();
  await sql`update schedules set template = template || '{"title": "{{gone}}"}'`.execute(database.query);
  await due(id);
  await decide(id);
  expect(await orders()).toEqual([]);
  expect((await asked.one('nightly')).history).toMatchObject([
    { outcome: 'refused', because: 'There is no placeholder {{gone}}.' },
  ]);
  expect(await alerts()).toMatchObject([{ code: 'PLACEHOLDER_UNKNOWN', open: true }]);
  await sql`update schedules set template = template || '{"title": "Tidy"}'`.execute(database.query);
  await age();
  await due(id);
  await decide(id);
  expect(await orders()).toHaveLength(1);
  expect(await alerts()).toMatchObject([{ open: false }]);
});

test('an expression that can no longer be read pauses the schedule and tells people', async () => {
  const { add, due, decide, alerts, database, asked } = await scheduleGround();
  const { id } = await add();
  await due(id);
  await sql`update schedules set time_zone = 'Mars/Olympus'`.execute(database.query);
  await decide(id);
  expect((await asked.list())[0]?.paused_because).toBe('There is no time zone "Mars/Olympus".');
  expect(await alerts()).toMatchObject([{ code: 'SCHEDULE_PAUSED' }]);
});

test('fear: the project is removed while an instant is decided about, and work begins in it', async () => {
  const { add, due, decide, orders, database, asked } = await scheduleGround();
  const { id } = await add();
  await due(id);
  let decided: Promise<void> | undefined;
  await database.transaction(async (query) => {
    await sql`update projects set removed_at = clock_timestamp()`.execute(query);
    decided = decide(id);
    await expect
      .poll(async () => (await sql`select from pg_locks where not granted`.execute(query)).rows.length)
      .toBeGreaterThan(0);
  });
  await decided;
  expect(await orders()).toEqual([]);
  expect((await asked.one('nightly')).paused_because).toContain('was removed');
});
