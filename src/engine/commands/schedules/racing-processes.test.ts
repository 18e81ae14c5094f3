import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { sleep } from '../../../stdx/async/sleep.ts';
import { seededRandom } from '../../../stdx/seeded-random.fixture.ts';
import { scheduleGround } from './schedules.fixture.ts';

const program = fileURLToPath(new URL('./decider.fixture.ts', import.meta.url));
const schedules = 6;
const processes = 3;
const lookMs = 50;
const passesMax = 8;
const seed = Number(process.env.MOOSE_TEST_SEED ?? Math.floor(Math.random() * 1_000_000_000));

test(`processes race for the same instants and are killed: each makes one work order (MOOSE_TEST_SEED=${seed})`, async () => {
  const random = seededRandom(seed);
  const { database, add, due, orders, queued } = await scheduleGround();
  for (let number = 1; number <= schedules; number += 1) {
    const { id } = await add({ name: `s${number}`, title: `Of s${number}` });
    await due(id);
  }
  const undecided = async () => {
    const { rows } = await sql<{ left: number }>`select count(*)::int as left from schedules
      where next_due_at <= clock_timestamp()`.execute(database.query);
    return rows[0]?.left ?? 0;
  };
  let kills = 0;
  let isOver = false;
  const one = async () => {
    while (!isOver) {
      const dieAfter = 1 + Math.floor(random() * passesMax);
      const request = JSON.stringify({ url: database.url, dieAfter });
      const child = spawn(process.execPath, [program, request], { stdio: ['ignore', 'ignore', 'inherit'] });
      const gone = once(child, 'exit');
      onTestFinished(() => void child.kill('SIGKILL'));
      while (!isOver && child.exitCode === null && child.signalCode === null) await sleep(lookMs);
      if (!isOver) kills += 1;
      child.kill('SIGKILL');
      await gone;
    }
  };
  const racing = Array.from({ length: processes }, one);
  while ((await undecided()) > 0) await sleep(lookMs);
  isOver = true;
  await Promise.all(racing);
  // At least one has killed itself between two instants.
  expect(kills).toBeGreaterThan(0);
  const titles = (await orders()).map(({ title }) => title);
  expect(titles.toSorted()).toEqual(Array.from({ length: schedules }, (_, n) => `Of s${n + 1}`).toSorted());
  expect(await queued()).toEqual({ runs: schedules, queued: schedules });
  const { rows } = await sql<{
    outcome: string;
    n: number;
  }>`select outcome, count(*)::int as n from schedule_runs
    group by outcome`.execute(database.query);
  expect(rows).toEqual([{ outcome: 'submitted', n: schedules }]);
});
