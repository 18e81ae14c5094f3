// Nothing is lost and nothing happens twice, even after SIGKILL at any moment.
import { type TestContext, test } from 'vitest';
import { killPoints } from '../../bench/crash-matrix/kill-points.ts';
import { differentKillPoints } from '../../chaos/kill-points.ts';
import { seededRandom } from '../../src/stdx/seeded-random.fixture.ts';
import { isLong, longOr } from '../long.ts';
import { brokenPromises, createFarm, type Farm } from './farm.fixture.ts';

const minuteMs = 60_000;
const workOrders = longOr(30, 6);
const kills = longOr(20, 4);
const points = isLong ? killPoints : differentKillPoints;
const chains = 2;
// MOOSE_TEST_SEED=N repeats a run with its seed.
const seed = Number(process.env.MOOSE_TEST_SEED ?? Math.floor(Math.random() * 1_000_000_000));

async function aFarm(
  name: string,
  { onTestFinished }: TestContext,
): Promise<{ farm: Farm; random: () => number }> {
  // biome-ignore lint/suspicious/noConsole: a failure is repeated by its seed
  console.log(`${name}: MOOSE_TEST_SEED=${seed}`);
  const farm = await createFarm();
  onTestFinished(() => farm.close());
  return { farm, random: seededRandom(seed) };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

// Half of the time is spent waiting for processes, so two farms work at the same time: of these two tests, and below.
test.concurrent(
  'R-PIPE-1: after kills at random moments, all work orders are completed, and nothing was done twice',
  async (context) => {
    const { expect } = context;
    const { farm, random } = await aFarm('random moments', context);
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

test.concurrent(
  'R-BASE-2: two workers on one database, each killed in turn, lose nothing and do nothing twice',
  async (context) => {
    const { expect } = context;
    const { farm, random } = await aFarm('two workers', context);
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

/** Kills a Moose at each of these points, one after the other, and lets the last one finish the work. */
async function killedAt(expected: readonly string[], context: TestContext) {
  const { farm, random } = await aFarm('every boundary', context);
  const passed: string[] = [];
  for (const point of expected) {
    // One work order in three needs a refinement.
    const isOfRefinement = point === 'verifying:refined';
    await farm.submit(isOfRefinement ? 3 : longOr(3, 1));
    // A new work order passes every point once; those that earlier kills have left may be there before it.
    const time = isLong && !isOfRefinement ? 1 + Math.floor(random() * 2) : 1;
    const moose = await farm.start({ MOOSE_DIE_AT: `${point}#${time}` });
    if (await farm.diesFirst(moose, minuteMs)) passed.push(point);
    await moose.kill();
  }
  const moose = await farm.start();
  await farm.finished([moose], 3 * minuteMs);
  await moose.stop();
  return { expected, passed, broken: await brokenPromises(farm) };
}

test(
  'R-PIPE-1: after a kill at every step boundary and around every effect, nothing was lost or done twice',
  async (context) => {
    const random = seededRandom(seed);
    const shuffled = [...points].sort(() => random() - 0.5);
    const ends = Array.from({ length: chains }, (_, chain) =>
      killedAt(
        shuffled.filter((_point, at) => at % chains === chain),
        context,
      ),
    );
    for (const { passed, broken, expected } of await Promise.all(ends)) {
      context.expect(broken).toEqual([]);
      context.expect(passed).toEqual(expected);
    }
  },
  10 * minuteMs,
);
