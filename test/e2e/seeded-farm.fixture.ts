// A farm whose random numbers a failure names, so that it can be repeated.
import type { TestContext } from 'vitest';
import { seededRandom } from '../../src/stdx/seeded-random.fixture.ts';
import { createFarm, type Farm } from './farm.fixture.ts';

// MOOSE_TEST_SEED=N repeats a run with its seed.
export const seed = Number(process.env.MOOSE_TEST_SEED ?? Math.floor(Math.random() * 1_000_000_000));

export async function seededFarm(
  name: string,
  { onTestFinished }: TestContext,
): Promise<{ farm: Farm; random: () => number }> {
  // biome-ignore lint/suspicious/noConsole: a failure is repeated by its seed
  console.log(`${name}: MOOSE_TEST_SEED=${seed}`);
  const farm = await createFarm();
  onTestFinished(() => farm.close());
  return { farm, random: seededRandom(seed) };
}
