// Nothing is lost and nothing happens twice, even after SIGKILL at any moment.
import { expect, onTestFinished, test } from 'vitest';
import { seededRandom } from '../../src/stdx/seeded-random.fixture.ts';
import { longOr } from '../long.ts';
import { brokenPromises, createFarm, type Farm } from './farm.fixture.ts';
import { killPoints } from './kill-points.fixture.ts';

const minuteMs = 60_000;
const workOrders = longOr(30, 15);
const kills = longOr(20, 8);
// MOOSE_TEST_SEED=N repeats a run with its seed.
const seed = Number(process.env.MOOSE_TEST_SEED ?? Math.floor(Math.random() * 1_000_000_000));

async function aFarm(name: string): Promise<{ farm: Farm; random: () => number }> {
  // biome-ignore lint/suspicious/noConsole: a failure is repeated by its seed
  console.log(`${name}: MOOSE_TEST_SEED=${seed}`);
  const farm = await createFarm();
  onTestFinished(() => farm.close());
  return { farm, random: seededRandom(seed) };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

test(
  'R-PIPE-1: after kills at random moments, all work orders are completed, and nothing was done twice',
  async () => {
    const { farm, random } = await aFarm('random moments');
    await farm.submit(workOrders);
    for (let kill = 0; kill < kills; kill++) {
      const moose = await farm.start();
      await pause(100 + random() * 1_400);
      await moose.kill();
    }
    const moose = await farm.start();
    await farm.finished([moose], 4 * minuteMs);
    await moose.stop();
    expect(await brokenPromises(farm)).toEqual([]);
  },
  8 * minuteMs,
);

test(
  'R-PIPE-1: after a kill at every step boundary and around every effect, nothing was lost or done twice',
  async () => {
    const { farm, random } = await aFarm('every boundary');
    const passed: string[] = [];
    for (const point of [...killPoints].sort(() => random() - 0.5)) {
      // One work order in three needs a refinement.
      const isOfRefinement = point === 'verifying:refined';
      await farm.submit(isOfRefinement ? 3 : longOr(3, 2));
      const time = isOfRefinement ? 1 : 1 + Math.floor(random() * 2);
      const moose = await farm.start({ MOOSE_DIE_AT: `${point}#${time}` });
      await Promise.race([moose.gone.then(() => passed.push(point)), farm.finished([], minuteMs)]);
      await moose.kill();
    }
    const moose = await farm.start();
    await farm.finished([moose], 3 * minuteMs);
    await moose.stop();
    expect(await brokenPromises(farm)).toEqual([]);
    expect(killPoints.filter((point) => !passed.includes(point))).toEqual([]);
  },
  10 * minuteMs,
);

test(
  'R-BASE-2: two workers on one database, each killed in turn, lose nothing and do nothing twice',
  async () => {
    const { farm, random } = await aFarm('two workers');
    await farm.submit(workOrders);
    const workers = [await farm.start(), await farm.start()];
    for (let kill = 0; kill < kills; kill++) {
      await pause(200 + random() * 1_000);
      await workers[kill % 2]?.kill();
      workers[kill % 2] = await farm.start();
    }
    await farm.finished(workers, 4 * minuteMs);
    for (const worker of workers) await worker.stop();
    expect(await brokenPromises(farm)).toEqual([]);
  },
  8 * minuteMs,
);
