// What a work order costs when many others have ended before it.
import pg from 'pg';
import { enterOwnSchema } from '../../src/store/schema/own-schema.ts';
import { seed } from '../lists/seed.ts';
import { type BenchOptions, goalAtMost, type Measured } from '../measuring/bench.ts';
import { rounded } from '../measuring/statistics.ts';
import { type CpuSeconds, cpuBetween, cpuSeconds } from '../pipeline/cpu.ts';
import { withMoose } from '../pipeline/moose-under-test.ts';

const growthMax = 1.2;
const whole = { finished: [100, 10_000, 100_000], measured: 20 };
const quick = { finished: [100, 10_000], measured: 4 };
const warmUps = 4;

interface Cost {
  finished: number;
  /** For a work order: milliseconds of processor time, and pages that the database looked at. */
  cpuMs: CpuSeconds;
  pages: number;
}

export async function growth(options: BenchOptions): Promise<Measured> {
  const { finished, measured } = options.isQuick ? quick : whole;
  const costs: Cost[] = [];
  for (const count of finished) {
    const cost = await costWith(count, measured, options);
    const { moose, children, postgres } = cost.cpuMs;
    options.note(
      `${count} finished: ${wholeOf(cost).toFixed(0)} ms of processor time for a work order (Moose ${moose.toFixed(0)}, its children ${children.toFixed(0)}, the database ${postgres.toFixed(0)}), ${cost.pages.toFixed(0)} pages`,
    );
    costs.push(cost);
  }
  const least = costs[0] ? wholeOf(costs[0]) : Number.NaN;
  const grown = rounded(Math.max(...costs.map((cost) => wholeOf(cost) / least)));
  const byCount = (figure: (cost: Cost) => number) =>
    Object.fromEntries(costs.map((cost) => [String(cost.finished), rounded(figure(cost))]));
  return {
    figures: {
      cpu_ms_a_work_order: byCount(wholeOf),
      cpu_ms_of_moose: byCount(({ cpuMs }) => cpuMs.moose),
      cpu_ms_of_children: byCount(({ cpuMs }) => cpuMs.children),
      cpu_ms_of_the_database: byCount(({ cpuMs }) => cpuMs.postgres),
      pages_a_work_order: byCount(({ pages }) => pages),
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

const wholeOf = ({ cpuMs }: Cost) => cpuMs.moose + cpuMs.children + cpuMs.postgres;

function costWith(finished: number, measured: number, { signal, note }: BenchOptions): Promise<Cost> {
  return withMoose(signal, async (moose) => {
    const { url } = moose.opened.database;
    await seed(url, { workOrders: finished, errorEvents: finished, calls: 3 * finished }, note);
    await endAll(url);
    for (let n = 0; n < warmUps; n += 1) await moose.workOrder(`Before ${crypto.randomUUID()}`, signal);
    const [pages, before] = [await pagesRead(url), cpuSeconds(moose.postmasterPid)];
    for (let n = 0; n < measured; n += 1) await moose.workOrder(`After ${crypto.randomUUID()}`, signal);
    const cpu = cpuBetween(before, cpuSeconds(moose.postmasterPid));
    if (!cpu) throw new Error('This machine does not tell the processor time of processes');
    const each = (seconds: number) => (seconds * 1_000) / measured;
    const { moose: own, children, postgres } = cpu;
    return {
      finished,
      cpuMs: { moose: each(own), children: each(children), postgres: each(postgres) },
      pages: ((await pagesRead(url)) - pages) / measured,
    };
  });
}

/** From memory or not: unlike time, other work on the machine does not change it. */
async function pagesRead(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url, application_name: 'bench' });
  await client.connect();
  try {
    const { rows } = await client.query<{ pages: string }>(
      'select blks_hit + blks_read as pages from pg_stat_database where datname = current_database()',
    );
    return Number(rows[0]?.pages);
  } finally {
    await client.end();
  }
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
    // Otherwise it is written to the disk meanwhile, and whoever works waits for the memory.
    await client.query('checkpoint');
  } finally {
    await client.end();
  }
}
