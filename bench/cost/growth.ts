// What a work order costs when many others have ended before it.
import pg from 'pg';
import { enterOwnSchema } from '../../src/store/schema/own-schema.ts';
import { seed } from '../lists/seed.ts';
import { type BenchOptions, goalAtMost, type Measured } from '../measuring/bench.ts';
import { rounded } from '../measuring/statistics.ts';
import { cpuBetween, cpuSeconds } from '../pipeline/cpu.ts';
import { withMoose } from '../pipeline/moose-under-test.ts';

const growthMax = 1.2;
const whole = { finished: [100, 10_000, 100_000], measured: 20 };
const quick = { finished: [100, 10_000], measured: 4 };
const warmUps = 4;

export async function growth(options: BenchOptions): Promise<Measured> {
  const { finished, measured } = options.isQuick ? quick : whole;
  const costs: { finished: number; cpuMs: number }[] = [];
  for (const count of finished) {
    const cpuMs = await costWith(count, measured, options);
    options.note(`${count} finished: ${cpuMs.toFixed(0)} ms of processor time for a work order`);
    costs.push({ finished: count, cpuMs });
  }
  const least = costs[0]?.cpuMs ?? Number.NaN;
  const grown = rounded(Math.max(...costs.map(({ cpuMs }) => cpuMs / least)));
  return {
    figures: {
      cpu_ms_a_work_order: Object.fromEntries(
        costs.map(({ finished: count, cpuMs }) => [String(count), rounded(cpuMs)]),
      ),
    },
    goals: {
      grown: goalAtMost(
        'processor time of a work order after many others, in that after a hundred',
        grown,
        growthMax,
      ),
    },
  };
}

/** Processor time of Moose, git and the database, in milliseconds. */
function costWith(finished: number, measured: number, { signal, note }: BenchOptions): Promise<number> {
  return withMoose(signal, async (moose) => {
    const { url } = moose.opened.database;
    await seed(url, { workOrders: finished, errorEvents: finished, calls: 3 * finished }, note);
    await endAll(url);
    for (let n = 0; n < warmUps; n += 1) await moose.workOrder(`Before ${crypto.randomUUID()}`, signal);
    const before = cpuSeconds(moose.postmasterPid);
    for (let n = 0; n < measured; n += 1) await moose.workOrder(`After ${crypto.randomUUID()}`, signal);
    const cpu = cpuBetween(before, cpuSeconds(moose.postmasterPid));
    if (!cpu) throw new Error('This machine does not tell the processor time of processes');
    return ((cpu.moose + cpu.children + cpu.postgres) * 1_000) / measured;
  });
}

/** What is open would be worked on meanwhile. */
async function endAll(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'bench' });
  await client.connect();
  try {
    await enterOwnSchema(client);
    await client.query('set session_replication_role = replica');
    await client.query(`update work_orders set status = 'completed', step = 'tracking', step_state = 'done',
      needs_approval = false, parked_at = null, parked_because = null, finished_at = now()
      where status in ('pending', 'in_progress', 'needs_review')`);
    await client.query(
      "update runs set state = 'ended', outcome = 'completed', ended_at = now() where state <> 'ended'",
    );
    await client.query(
      "update effects set state = 'undone' where kind = 'worktree' and work_order_id in (select id from work_orders where status = 'completed')",
    );
    await client.query("update escalations set status = 'resolved' where status = 'open'");
    await client.query("update sessions set state = 'ended', ended_at = now() where ended_at is null");
    await client.query('vacuum analyze');
  } finally {
    await client.end();
  }
}
