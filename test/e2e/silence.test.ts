// Connections that carry no data any more, under a whole Moose.
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { silentWay } from '../../src/store/connection/silent-way.fixture.ts';
import { eventually } from './eventually.fixture.ts';
import { brokenPromises, createFarm, type Farm } from './farm.fixture.ts';
import { gatewaysOf } from './gateway-processes.fixture.ts';

const minuteMs = 60_000;
const workOrders = 6;

/** Waits until some of the work is running, and none of it can end soon. */
async function underWay({ database }: Farm): Promise<void> {
  await eventually(async () => {
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from work_orders
      where status = 'in_progress'`.execute(database.query);
    if ((rows[0]?.n ?? 0) < 2) throw new Error('nothing is under way yet');
  }, minuteMs);
}

test(
  'R-BASE-2, R-PIPE-8: every connection of a worker and its gateway goes silent at the same time, and the work still completes',
  async () => {
    const farm = await createFarm(2);
    onTestFinished(() => farm.close());
    const way = await silentWay(farm.database.url);
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
