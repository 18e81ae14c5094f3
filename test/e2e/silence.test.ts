// Connections that carry no data any more, and a process that is frozen, under a whole Moose.
import { sql } from 'kysely';
import { type TestContext, test } from 'vitest';
import { openSilentWay } from '../../src/store/connection/open-silent-way.fixture.ts';
import { eventually } from './eventually.fixture.ts';
import { brokenPromises, createFarm, type Farm } from './farm.fixture.ts';
import { gatewaysOf } from './gateway-processes.fixture.ts';

const minuteMs = 60_000;
const workOrders = 6;

async function aFarm({ onTestFinished }: TestContext): Promise<Farm> {
  const farm = await createFarm(2);
  onTestFinished(() => farm.close());
  return farm;
}

/** Waits until some of the work is running, and none of it can end soon. */
async function underWay({ database }: Farm): Promise<void> {
  await eventually(async () => {
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from work_orders
      where status = 'in_progress'`.execute(database.query);
    if ((rows[0]?.n ?? 0) < 2) throw new Error('nothing is under way yet');
  }, minuteMs);
}

// Both mostly wait, so they run at the same time.
test.concurrent(
  'R-BASE-2, R-PIPE-8: every connection of a worker and its gateway goes silent at the same time, and the work still completes',
  async (context) => {
    const { expect } = context;
    const farm = await aFarm(context);
    const way = await openSilentWay(farm.database.url);
    context.onTestFinished(() => way.close());
    const moose = await farm.start({ MOOSE_DATABASE_URL: way.url });
    await farm.submit(workOrders);
    await underWay(farm);
    expect(way.silence()).toBeGreaterThan(5);
    await farm.finished([moose], 3 * minuteMs);
    // A process that gets TERM ends even while all connections are silent, including new ones.
    way.silenceAll();
    await eventually(async () => expect(way.tried('moose locks')).toBeGreaterThan(1), minuteMs);
    await moose.stop();
    expect(await brokenPromises(farm)).toEqual([]);
    await eventually(async () => expect(await gatewaysOf(farm.dataDirectory)).toEqual([]), 2 * minuteMs);
  },
  8 * minuteMs,
);

test.concurrent(
  'R-BASE-2, R-SES-6: one of two workers is frozen during its work: the other one does it, and nothing is done twice',
  async (context) => {
    const { expect } = context;
    const farm = await aFarm(context);
    const frozen = await farm.start();
    await farm.submit(workOrders);
    await underWay(farm);
    process.kill(frozen.pid, 'SIGSTOP');
    const other = await farm.start();
    await farm.finished([other], 3 * minuteMs);
    process.kill(frozen.pid, 'SIGCONT');
    // After its return, it shares the work with the other process again.
    await other.stop();
    await farm.submit(2);
    await farm.finished([frozen], 2 * minuteMs);
    await frozen.stop();
    expect(await brokenPromises(farm)).toEqual([]);
  },
  8 * minuteMs,
);
