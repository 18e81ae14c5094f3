// Processes are killed at every boundary of a run.
import { sleep } from '../../src/stdx/async/sleep.ts';
import type { Figures } from '../measuring/bench.ts';
import { median, rounded } from '../measuring/statistics.ts';
import { pointsAtTheEnd } from './carry-run.ts';
import type { Ground } from './ground.ts';

const runsPerWorker = 4;
const nextLegMs = 300;
const settleMs = 300;
/** So much later than the kill itself may it be noticed here. */
const noticeMs = 50;

export interface Kills {
  figures: Figures;
  lost: number;
  faults: number;
  secondsMost: number;
}

export async function killEverywhere(
  ground: Ground,
  workers: number,
  { points, note }: { points: readonly string[]; note(line: string): void },
): Promise<Kills> {
  const seconds: number[] = [];
  const byPoint: Figures = {};
  let [lost, killed] = [0, 0];
  while (ground.workers.length < workers - 1) await ground.startWorker();
  for (const point of points) {
    const victim = await ground.startWorker({ killAt: point });
    const ids = [
      ...(await ground.addRuns({ count: runsPerWorker * workers })),
      ...(await ground.addRuns({ count: 2, nextLegMs: 0 })),
      ...(await ground.addRuns({ count: 2, nextLegMs })),
    ];
    // It may get none of so few runs: then there are more.
    const died = await ground.until(`${point}: the victim is killed`, async () => {
      const told = victim.said.find(({ event }) => event === 'killed');
      if (!told && (await ground.countOf('runs where not is_done')) === 0)
        ids.push(...(await ground.addRuns({ count: runsPerWorker * workers })));
      return told;
    });
    const atMs = Date.now();
    await victim.gone;
    ground.workers.splice(ground.workers.indexOf(victim), 1);
    killed += 1;
    if (!pointsAtTheEnd.includes(point)) {
      const late = await ground.until(`${point}: somebody continues`, async () => {
        const row = await ground.one<{ at: Date }>(
          `select at from take_ups where run_id = $1 and holder <> $2 and at > $3 and id > (select coalesce(max(id), 0)
            from take_ups where run_id = $1 and holder = $2) order by id limit 1`,
          [died.runId, victim.id, new Date(atMs - noticeMs)],
        );
        return row;
      });
      const after = Math.max(0, (late.at.getTime() - atMs) / 1_000);
      seconds.push(after);
      byPoint[point] = rounded(after);
    }
    lost += await ground.waitForAll(ids);
    note(`${ground.engine.name}, ${workers} processes, killed ${point}: ${byPoint[point] ?? 'it was over'}`);
  }
  await sleep(settleMs, ground.signal);
  const faults = await ground.faults();
  const secondsMost = Math.max(...seconds);
  return {
    lost,
    faults,
    secondsMost,
    figures: {
      kills: killed,
      runs: await ground.countOf('runs'),
      lost_runs: lost,
      steps_by_two_holders: faults,
      told_by_the_fence: await ground.countOf('fenced'),
      seconds_until_continued: {
        median: rounded(median(seconds)),
        most: rounded(secondsMost),
        ...byPoint,
      },
    },
  };
}

/** Without Moose's lease: what the engine does by itself. */
export async function killWithoutLease(ground: Ground, waitMsMax: number): Promise<Figures> {
  const first = await ground.startWorker({ keepsLease: false, stepMs: 2_000 });
  const ids = await ground.addRuns({ count: 2 });
  await ground.until('a step is over', async () => (await ground.countOf('steps')) > 0);
  await ground.kill(first);
  const startMs = performance.now();
  await ground.startWorker({ keepsLease: false });
  const left = await ground.waitForAll(ids, waitMsMax);
  return {
    runs_left: left,
    seconds: left === 0 ? rounded((performance.now() - startMs) / 1_000) : `not in ${waitMsMax / 1_000}`,
  };
}
