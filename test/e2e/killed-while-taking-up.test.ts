// A process takes up many runs in one transaction: killed at any moment of that, nothing is lost and nothing is doubled.
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { brokenPromises, createFarm, type Farm } from './farm.fixture.ts';

const minuteMs = 60_000;
const workOrders = 6;

/** How often each run was taken up, and how often each work order was begun, without zeros. */
async function claims({ database }: Farm): Promise<{ fences: number[]; begun: number[]; results: number }> {
  const { rows } = await sql<{ fence: number; begun: number; results: number }>`select r.fence,
      (select count(*)::int from work_order_events e
        where e.work_order_id = r.work_order_id and e.reason = 'taken up') as begun,
      (select count(*)::int from step_results s where s.run_id = r.id) as results
    from runs r`.execute(database.query);
  return {
    fences: rows.map(({ fence }) => fence).filter((fence) => fence > 0),
    begun: rows.map(({ begun }) => begun).filter((begun) => begun > 0),
    results: rows.reduce((sum, { results }) => sum + results, 0),
  };
}

test(
  'R-DIST-4, R-PIPE-1: a process that is killed while it takes up all open work loses and doubles nothing',
  async () => {
    const farm = await createFarm(1);
    onTestFinished(() => farm.close());
    await farm.submit(workOrders);
    const dies = async (point: string) => {
      const moose = await farm.start({ MOOSE_DIE_AT: `${point}#1` });
      expect(await farm.diesFirst(moose, minuteMs)).toBe(true);
    };
    await dies('claim:before-commit');
    expect(await claims(farm)).toEqual({ fences: [], begun: [], results: 0 });
    await dies('claim:committed');
    const taken = await claims(farm);
    // More than one at a time, and none has gone on before.
    expect(taken.fences.length).toBeGreaterThan(1);
    expect(new Set([...taken.fences, ...taken.begun])).toEqual(new Set([1]));
    expect(taken.begun).toHaveLength(taken.fences.length);
    expect(taken.results).toBe(0);
    // Its successor takes up the same ones again, and dies before that counts.
    await dies('claim:before-commit');
    expect(await claims(farm)).toEqual(taken);
    const workers = [await farm.start(), await farm.start()];
    await farm.finished(workers, 4 * minuteMs);
    expect(new Set((await claims(farm)).begun)).toEqual(new Set([1]));
    for (const worker of workers) await worker.stop();
    expect(await brokenPromises(farm)).toEqual([]);
  },
  8 * minuteMs,
);
