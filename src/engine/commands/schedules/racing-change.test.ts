// A person changes schedules while the job of another process starts their due instants, on a real PostgreSQL.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { sleep } from '../../../stdx/async/sleep.ts';
import { seededRandom } from '../../../stdx/seeded-random.fixture.ts';
import type { Database } from '../../../store/database.ts';
import type { ScheduleChange } from './change-schedule.ts';
import { scheduleGround } from './schedules.fixture.ts';

const programs = {
  decider: fileURLToPath(new URL('./decider.fixture.ts', import.meta.url)),
  changer: fileURLToPath(new URL('./changer.fixture.ts', import.meta.url)),
};
const schedules = 16;
const lookMs = 50;
/** An instant that is older than this when the schedule is changed is missed. */
const youngMs = 60_000;
/** This much of a minute is left when the instants become due. */
const leftMs = 30_000;
const seed = Number(process.env.MOOSE_TEST_SEED ?? Math.floor(Math.random() * 1_000_000_000));

async function start(program: keyof typeof programs, request: object): Promise<ChildProcess> {
  const child = spawn(process.execPath, [programs[program], JSON.stringify(request)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  if (child.stdout) await once(child.stdout, 'data');
  return child;
}

/** Daily at a minute that has just begun; its next instant but one is tomorrow. */
async function beginMinute({ query }: Database): Promise<{ cron: string; at: Date }> {
  for (;;) {
    const { rows } = await sql<{ at: Date; leftMs: number }>`select date_trunc('minute', now()) as at,
      60000 - (extract(second from now()) * 1000)::int as left_ms`.execute(query);
    const [row] = rows;
    if (row && row.leftMs > leftMs)
      return { at: row.at, cron: `${row.at.getUTCMinutes()} ${row.at.getUTCHours()} * * *` };
    await sleep(lookMs);
  }
}

async function race(name: string, change: ScheduleChange) {
  const random = seededRandom(seed);
  const ground = await scheduleGround();
  const { database, add, asked } = ground;
  const names = Array.from({ length: schedules }, (_, n) => `${name}${n}`);
  for (const each of names) await add({ name: each, title: 'Old', cron: '0 0 1 1 *' });
  const shuffled = () =>
    names
      .map((each) => ({ each, at: random() }))
      .sort((one, other) => one.at - other.at)
      .map(({ each }) => each);
  const { url } = database;
  const changers = [
    await start('changer', { url, change, names: shuffled() }),
    await start('changer', { url, change, names: shuffled() }),
  ];
  await start('decider', { url, dieAfter: 0 });
  const { cron, at } = await beginMinute(database);
  await sql`update schedules set cron = ${cron}, next_due_at = ${at}`.execute(database.query);
  const gone = changers.map((child) => once(child, 'exit'));
  for (const child of changers) child.stdin?.write('now\n');
  expect(await Promise.all(gone)).toEqual([
    [0, null],
    [0, null],
  ]);
  const undecided = async () =>
    (await sql`select from schedules where next_due_at <= clock_timestamp()`.execute(database.query)).rows;
  while ((await undecided()).length > 0) await sleep(lookMs);
  const shown = await Promise.all(names.map((each) => asked.one(each)));
  for (const { history, changes } of shown) {
    // Both processes asked for the same change, so one of them made it.
    expect(changes).toHaveLength(1);
    expect(history.map(({ due_at }) => due_at)).toEqual([at.toISOString()]);
    const [run] = history;
    const isLate = Date.parse(run?.decided_at ?? '') - at.getTime() > youngMs;
    if (!(isLate && run?.outcome === 'missed')) expect(run?.outcome).toBe('submitted');
  }
  return { shown, ...ground };
}

test(`another expression and the job race for due instants: each runs once, as it was (MOOSE_TEST_SEED=${seed})`, async () => {
  const { shown, orders, queued } = await race('cron', { cron: '0 0 1 1 *', title: 'New' });
  const submitted = shown.filter(({ last_run }) => last_run?.outcome === 'submitted');
  expect((await orders()).map(({ title }) => title)).toEqual(submitted.map(() => 'Old'));
  expect(await queued()).toEqual({ runs: submitted.length, queued: submitted.length });
  for (const { cron, next_at } of shown) {
    expect(cron).toBe('0 0 1 1 *');
    expect(next_at[0]).toMatch(/-01-01T00:00:00.000Z$/);
  }
}, 180_000);

test(`other texts and the job race for due instants: each runs once, with old or new ones (MOOSE_TEST_SEED=${seed})`, async () => {
  const { orders } = await race('text', { title: 'New' });
  const titles = (await orders()).map(({ title }) => title);
  expect(titles).toHaveLength(schedules);
  expect(titles.filter((title) => title !== 'Old' && title !== 'New')).toEqual([]);
}, 180_000);
