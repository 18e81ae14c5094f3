// People pause and resume at any moment, and workers are killed at any moment: nothing is lost or done twice, and
// nothing begins while it is paused.
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { pause, resume } from '../../src/engine/commands/pause-and-resume.ts';
import { systemClock } from '../../src/stdx/clock.ts';
import { seededRandom } from '../../src/stdx/seeded-random.fixture.ts';
import { listWorkOrders } from '../../src/store/work/work-orders/work-orders.ts';
import { longOr } from '../long.ts';
import { brokenPromises, createFarm, type Farm } from './farm.fixture.ts';

const minuteMs = 60_000;
const workOrders = longOr(10, 8);
const kills = longOr(6, 4);
const pausesPerKill = 6;
/** The most state checks between two actions; each check takes a few milliseconds. */
const looksMax = 60;
// MOOSE_TEST_SEED=N repeats a run with its seed.
const seed = Number(process.env.MOOSE_TEST_SEED ?? Math.floor(Math.random() * 1_000_000_000));

function people({ database }: Farm, random: () => number) {
  const deps = { database, clock: systemClock };
  const all = () => listWorkOrders(database.query, { limit: workOrders });
  return {
    /** Pauses one work order, which may have ended by then. */
    async pauseOne(): Promise<void> {
      for (let looks = Math.floor(random() * looksMax); looks > 0; looks -= 1) await all();
      const orders = await all();
      const order = orders[Math.floor(random() * orders.length)];
      if (!order) return;
      const act = random() < 0.4 ? resume : pause;
      await act(deps, order, 'human:ada').catch((cause: { code?: string }) => {
        if (cause.code !== 'NOTHING_TO_PAUSE') throw cause;
      });
    },
    async resumeAll(): Promise<void> {
      for (const order of await all())
        await Promise.all([resume(deps, order, 'human:ada'), resume(deps, order, 'human:bob')]);
    },
  };
}

/** Events of work that began between a run's pause and its resumption. */
const begunWhilePaused = ({ database }: Farm) =>
  sql<{ kind: string }>`select e.kind, e.work_order_id from work_order_events e
    join lateral (select kind from work_order_events b where b.work_order_id = e.work_order_id and b.id < e.id
      and b.kind in ('suspended', 'resumed') order by b.id desc limit 1) before on before.kind = 'suspended'
    where e.kind in ('session.started', 'session.ended', 'step.finished')`.execute(database.query);

test(
  'R-PIPE-11: paused, resumed and killed at random moments, all work orders are completed once, and none continues while it is paused',
  async () => {
    // biome-ignore lint/suspicious/noConsole: a failure is repeated by its seed
    console.log(`paused and killed: MOOSE_TEST_SEED=${seed}`);
    const random = seededRandom(seed);
    const farm = await createFarm();
    onTestFinished(() => farm.close());
    const { pauseOne, resumeAll } = people(farm, random);
    await farm.submit(workOrders);
    const workers = [await farm.start(), await farm.start()];
    for (let kill = 0; kill < kills; kill += 1) {
      for (let n = 0; n < pausesPerKill; n += 1) await pauseOne();
      await workers[kill % 2]?.kill();
      workers[kill % 2] = await farm.start();
    }
    const { rows } = await sql<{ laid: number }>`select count(*)::int as laid from work_order_events
      where kind = 'suspended'`.execute(farm.database.query);
    expect(rows[0]?.laid).toBeGreaterThan(0);
    await resumeAll();
    await farm.finished(workers, 3 * minuteMs);
    for (const worker of workers) await worker.stop();
    expect(await brokenPromises(farm)).toEqual([]);
    expect((await begunWhilePaused(farm)).rows).toEqual([]);
  },
  5 * minuteMs,
);
