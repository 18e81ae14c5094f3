// Nothing is lost and nothing happens twice, even after SIGKILL at random moments.
import { test } from 'vitest';
import { longOr } from '../long.ts';
import { brokenPromises } from './farm.fixture.ts';
import { seededFarm } from './seeded-farm.fixture.ts';

const minuteMs = 60_000;
const workOrders = longOr(30, 4);
const kills = longOr(20, 3);

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

// Half of the time is spent waiting for processes, so two farms work at the same time.
test.concurrent(
  'R-PIPE-1: after kills at random moments, all work orders are completed, and nothing was done twice',
  async (context) => {
    const { expect } = context;
    const { farm, random } = await seededFarm('random moments', context);
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
    const { farm, random } = await seededFarm('two workers', context);
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
