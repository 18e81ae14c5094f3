// Nothing is lost and nothing happens twice, even after SIGKILL at each step boundary and around each effect.
import { type TestContext, test } from 'vitest';
import { killPoints } from '../../bench/crash-matrix/kill-points.ts';
import { differentKillPoints } from '../../chaos/kill-points.ts';
import { seededRandom } from '../../src/stdx/seeded-random.fixture.ts';
import { isLong, longOr } from '../long.ts';
import { brokenPromises } from './farm.fixture.ts';
import { seed, seededFarm } from './seeded-farm.fixture.ts';

const minuteMs = 60_000;
const points = isLong ? killPoints : differentKillPoints;
const chains = 2;

/** Kills a Moose at each of these points, one after the other, and lets the last one finish the work. */
async function killedAt(expected: readonly string[], context: TestContext) {
  const { farm, random } = await seededFarm('every boundary', context);
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
