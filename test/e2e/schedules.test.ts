// Schedules on a real Moose that is killed around its due instants: none is lost, and none runs twice.
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { askSchedules } from '../../src/engine/commands/schedules/ask-schedules.ts';
import { parseCheck } from '../../src/engine/workplace/checks/parse-check.ts';
import { sleep } from '../../src/stdx/async/sleep.ts';
import { systemClock } from '../../src/stdx/clock.ts';
import { createFarm, type Farm } from './farm.fixture.ts';

const minuteMs = 60_000;
const lookMs = 100;
const admin = { tokenId: null, role: 'admin' as const };
const points = ['schedule:due', 'schedule:decided', 'schedule:committed'];
/** Last due five minutes ago. */
const hourly = `${(new Date().getUTCMinutes() + 55) % 60} * * * *`;

function ask({ database }: Farm) {
  const known = { agentNames: [], assertModel: async () => undefined };
  return askSchedules({ database, clock: systemClock, actor: 'human:ada', known });
}

async function addSchedule(farm: Farm, name: string, number: number, cron: string): Promise<void> {
  await ask(farm).add(
    {
      name,
      cron,
      timeZone: 'Europe/Berlin',
      whenOpen: 'skip',
      catchUpMs: 86_400_000,
      title: `Write file ${number}`,
      repositoryPath: farm.repositories[0] ?? '',
      limitNanoUsd: 10n ** 9n,
      checks: [parseCheck(`test=grep -q right files/${number}.txt`)],
    },
    admin,
  );
}

test(
  'a Moose that is killed before, in and after the decision about an instant makes one work order of it',
  async () => {
    const farm = await createFarm(1);
    onTestFinished(() => farm.close());
    const { database } = farm;
    await addSchedule(farm, 'each-minute', 1, '* * * * *');
    const begun = (await ask(farm).one('each-minute')).next_at[0] ?? '';
    const names = points.map((_, index) => `s${index}`);
    for (const [index, point] of points.entries()) {
      await addSchedule(farm, `s${index}`, index + 2, hourly);
      await sql`update schedules set next_due_at = next_due_at - interval '1 hour' where name = ${`s${index}`}`.execute(
        database.query,
      );
      const dying = await farm.start({ MOOSE_DIE_AT: point });
      await dying.gone;
    }
    const [one, other] = [await farm.start(), await farm.start()];
    // In the time of a whole minute, both look for the same instants.
    const minutes = async () => (await ask(farm).one('each-minute')).history;
    while ((await minutes()).length < 2) await sleep(lookMs);
    await ask(farm).pause('each-minute');
    await farm.finished([one, other], 3 * minuteMs);
    for (const name of names) {
      const { history } = await ask(farm).one(name);
      expect(history, name).toMatchObject([{ outcome: 'submitted', work_order: { status: 'completed' } }]);
    }
    const history = await minutes();
    const submitted = history.filter(({ outcome }) => outcome === 'submitted');
    const { rows } = await sql<{ orders: number }>`select count(*)::int as orders from work_orders`.execute(
      database.query,
    );
    expect(rows[0]?.orders).toBe(names.length + submitted.length);
    // Every minute since the first one is accounted for, and none twice.
    const seen = history.flatMap(({ due_at, first_due_at, instants }) => {
      const first = Date.parse(first_due_at ?? due_at);
      return Array.from({ length: instants }, (_, n) => first + n * minuteMs);
    });
    const due = Array.from({ length: seen.length }, (_, n) => Date.parse(begun) + n * minuteMs);
    expect(seen.toSorted((a, b) => a - b)).toEqual(due);
    expect(seen.length).toBeGreaterThanOrEqual(2);
    await one.stop();
    await other.stop();
  },
  6 * minuteMs,
);
