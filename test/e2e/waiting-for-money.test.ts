// Work that lacks money waits for it, and goes on by itself (R-GO-5).
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { billed, type Ground, openGround, writes } from './ground.fixture.ts';

const cents = (count: number) => BigInt(count) * 10_000_000n;
let ground: Ground;

/**
 * In place of 10 to 60 seconds. Whoever waits is woken when money is released; a day that turns wakes nobody. Five that look
 * every few milliseconds would take the machine from the one that works.
 */
const lookEveryMs = 500;

beforeAll(async () => {
  ground = await openGround();
  for (const settings of [ground.opened.settings.base, ground.opened.settings.current])
    settings.recovery = settings.recovery.map((row) =>
      row.code === 'MONEY_AWAITED' ? { ...row, delaysMs: [lookEveryMs] } : row,
    );
});
afterAll(() => ground.close());

test('R-GO-5: twelve work orders share a limit that two of them fill: none fails, all complete, and nobody had to answer', async () => {
  const { submit, settled, opened } = ground;
  await opened.moose.limits({ dailyNanoUsd: cents(100), monthlyNanoUsd: cents(10_000) });
  const orders = await Promise.all(Array.from({ length: 12 }, () => submit({ limitNanoUsd: cents(40) })));
  for (const { id } of orders)
    expect(await settled(id)).toMatchObject({ status: 'completed', failure: null });
  await expect
    .poll(async () => (await opened.moose.escalations.list({ all: true })).map(({ status }) => status))
    .not.toContain('open');
});

/** What one task costs, which is paid here. */
async function costOfDear(): Promise<bigint> {
  const { id } = await ground.submit({ answer: dear });
  expect(await ground.settled(id)).toMatchObject({ status: 'completed' });
  return BigInt(Math.round(((await ground.opened.moose.show(id)).cost_usd ?? 0) * 1e9));
}

/** No longer than the shortest answer that the gateway allows. */
const dear = () => billed(JSON.stringify(writes('a.txt', 'a\n')), 4_000);

const usedToday = async () =>
  (await ground.opened.moose.limits()).find(({ key }) => key.startsWith('day:'))?.usedNanoUsd ?? 0n;

async function looksSoFar(): Promise<number> {
  const { rows } = await sql<{ looks: number }>`select sum(pauses)::int as looks from runs`.execute(
    ground.opened.database.query,
  );
  return rows[0]?.looks ?? 0;
}

/** A time zone in which it is another day than in UTC: the day of the budget turns. */
const elsewhere = () => (new Date().getUTCHours() < 12 ? 'Etc/GMT+12' : 'Pacific/Kiritimati');

test('R-GO-5, R-GO-6: of a day on which two and a half tasks can be paid, most is spent, no task fails, and the others are done after midnight', async () => {
  const { submit, settled, opened } = ground;
  const each = await costOfDear();
  const before = await usedToday();
  const limit = before + (each * 5n) / 2n;
  await opened.moose.limits({ dailyNanoUsd: limit });
  const orders = await Promise.all(Array.from({ length: 6 }, () => submit({ answer: dear })));
  const shown = () => Promise.all(orders.map(({ id }) => opened.moose.show(id)));
  const statuses = async () => (await shown()).map(({ status }) => status);
  await expect.poll(async () => (await usedToday()) - before).toBeGreaterThanOrEqual(2n * each);
  await expect
    .poll(async () => (await statuses()).filter((status) => status === 'completed'))
    .toHaveLength(2);
  expect((await shown()).filter(({ status }) => status === 'failed').map(({ explain }) => explain)).toEqual(
    [],
  );
  const waiting = (await shown()).filter(({ status }) => status !== 'completed');
  expect(waiting).toHaveLength(4);
  expect(await opened.moose.escalations.list()).toMatchObject([
    { group_key: 'money:day', recommended: 'wait' },
  ]);
  // Whoever has answered is not asked again about the same day.
  const [question] = await opened.moose.escalations.list();
  await opened.moose.escalations.answer(question?.id ?? '', 'wait');
  const looks = await looksSoFar();
  await expect.poll(looksSoFar).toBeGreaterThan(looks + 8);
  expect((await opened.moose.escalations.list()).filter(({ status }) => status === 'open')).toEqual([]);
  await sql`insert into system_config (key, value) values ('budget.time_zone', to_jsonb(${elsewhere()}::text))
    on conflict (key) do update set value = excluded.value`.execute(opened.database.query);
  onTestFinished(async () => {
    await sql`update system_config set value = '"UTC"' where key = 'budget.time_zone'`.execute(
      opened.database.query,
    );
  });
  await expect
    .poll(async () => (await statuses()).filter((status) => status === 'completed').length)
    .toBeGreaterThanOrEqual(4);
  await opened.moose.limits({ dailyNanoUsd: cents(10_000) });
  for (const { id } of waiting)
    expect(await settled(id)).toMatchObject({ status: 'completed', failure: null });
});

test('R-GO-5: a day that is used up is waited for with its time, one question recommends to wait, and a raised limit lets the work go on', async () => {
  const { submit, settled, opened } = ground;
  // The question of the day before is over once nobody waits for it.
  await expect.poll(() => opened.moose.escalations.list()).toEqual([]);
  await costOfDear();
  await opened.moose.limits({ dailyNanoUsd: (await usedToday()) + cents(1) / 2n });
  const orders = await Promise.all(Array.from({ length: 3 }, () => submit({ limitNanoUsd: cents(40) })));
  const explain = (id: string) => async () => (await opened.moose.show(id)).explain;
  for (const { id } of orders)
    await expect
      .poll(explain(id))
      .toMatch(/^Waiting for money at routing .* or at \d{4}-\d\d-\d\d \d\d:\d\d UTC\.$/);
  const questions = await opened.moose.escalations.list();
  expect(questions).toMatchObject([
    {
      group_key: 'money:day',
      recommended: 'wait',
      options: [{ id: 'wait' }, { id: 'raise_daily_limit' }, {}],
    },
  ]);
  expect(questions[0]?.waiting).toHaveLength(3);
  for (const { id } of orders)
    expect(await opened.moose.show(id)).toMatchObject({ status: 'in_progress', costs: [] });
  await opened.moose.escalations.answer(questions[0]?.id ?? '', 'raise_daily_limit');
  for (const { id } of orders)
    expect(await settled(id)).toMatchObject({ status: 'completed', failure: null });
});
