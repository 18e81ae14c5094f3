// Moose with 1,000 open work orders is killed and started again on the same data directory: how long until it
// answers over HTTP, and until it has taken up all of them. The database keeps running, as it does when only
// Moose dies.
import { once } from 'node:events';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { createScratchRepository } from '../src/demo/scratch-repository.ts';
import { migrateDurable } from '../src/durable/migrate-durable.ts';
import { startEmbedded } from '../src/postgres/start/start-embedded.ts';
import { sleep } from '../src/stdx/async/sleep.ts';
import { createDatabase } from '../src/store/connection/create-database.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { migrate } from '../src/store/schema/migrate.ts';
import { isHeldByLiving } from '../src/store/work/runs/executors.ts';
import { endGateways } from '../test/e2e/gateway-processes.fixture.ts';
import { endSessions } from '../test/e2e/left-sessions.fixture.ts';
import { type MooseProcess, startMoose } from '../test/e2e/moose-process.ts';
import { mooseProgram } from '../test/moose-program.ts';
import { pidOfCommand, wholeSeconds } from './machines/processes.ts';
import { startModel } from './machines/start-model.ts';
import { type Bench, type BenchOptions, goalAtMost } from './measuring/bench.ts';
import { rounded } from './measuring/statistics.ts';
import { fillQueue } from './queue/seed.ts';

/** The database that Moose makes for itself on its own server. */
const ownName = 'moose';
const ordersWhole = 1_000;
const ordersQuick = 50;
const serveSecondsMax = 2;
const claimSecondsMax = 10;
/** Longer than the benchmark: no work order ends before it is measured. */
const modelMs = 3_600_000;
const lookEveryMs = 25;
const countEveryMs = 100;
const waitMsMax = 10 * 60_000;

export const bench: Bench = {
  about: 'how long a killed Moose with 1,000 open work orders takes to answer again, and to take them all up',
  run: async (options) => {
    // The real path is needed, because sessions report their directory as one.
    const root = await realpath(await mkdtemp(join(tmpdir(), 'moose-bench-restart-')));
    const data = join(root, 'data');
    await mkdir(data);
    const server = await startEmbedded({ directory: join(data, 'postgres'), signal: options.signal });
    await createDatabase(server.url, ownName);
    const url = new URL(server.url);
    url.pathname = `/${ownName}`;
    const database = openDatabase(url.href);
    const model = await startModel(modelMs, options.signal);
    const started: MooseProcess[] = [];
    try {
      await migrate(url.href);
      await migrateDurable(url.href);
      const repository = await createScratchRepository(join(root, 'till'), options.signal);
      const ground = { data, database, baseUrl: model.baseUrl, repository: repository.path, started };
      return await measure(ground, options);
    } finally {
      for (const moose of started) await moose.kill();
      await database.close();
      await endSessions(data);
      await endGateways(data);
      await model.stop();
      await server.stop();
      await rm(root, { recursive: true, force: true, maxRetries: 3 });
    }
  },
};

interface Ground {
  data: string;
  database: Database;
  baseUrl: string;
  repository: string;
  started: MooseProcess[];
}

async function measure(ground: Ground, { isQuick, signal, note, ...given }: BenchOptions) {
  const orders = given.orders ?? (isQuick ? ordersQuick : ordersWhole);
  await fillQueue(ground.database, orders, signal, ground.repository);
  const first = await start(ground, orders, signal);
  note(`first start: all ${orders} claimed after ${first.claimed} s`);
  await first.moose.kill();
  const again = await start(ground, orders, signal);
  note(`restart: answers after ${again.serving} s, all ${orders} claimed after ${again.claimed} s`);
  const seconds = ({ serving, servingCpu, claimed, claimedCpu }: Start) => ({
    until_it_answers: serving,
    until_all_are_claimed: claimed,
    processor_seconds: { until_it_answers: servingCpu, until_all_are_claimed: claimedCpu },
  });
  return {
    figures: { orders, first_start: seconds(first), restart: seconds(again) },
    goals: {
      serving: goalAtMost(
        'seconds from the start until Moose answers over HTTP',
        again.serving,
        serveSecondsMax,
      ),
      taken_up: goalAtMost(
        `seconds from the start until all ${orders} are taken up`,
        again.claimed,
        claimSecondsMax,
      ),
    },
  };
}

interface Start {
  moose: MooseProcess;
  serving: number;
  claimed: number;
  /** The processor time of Moose until then, which hardly depends on other load on the machine. */
  servingCpu: number;
  claimedCpu: number;
}

async function start(
  { data, database, baseUrl, started }: Ground,
  orders: number,
  signal: AbortSignal,
): Promise<Start> {
  const gone = new AbortController();
  const limit = AbortSignal.any([signal, gone.signal, AbortSignal.timeout(waitMsMax)]);
  const before = JSON.stringify(await standing(database));
  const port = await freePort();
  const fromMs = performance.now();
  const seconds = () => rounded((performance.now() - fromMs) / 1_000);
  const starting = startMoose({
    dataDirectory: data,
    scriptedBaseUrl: baseUrl,
    env: { MOOSE_AGENT: 'patch', MOOSE_PORT: String(port), MOOSE_RUNS_MAX: String(orders) },
  });
  const keep = starting.then((moose) => {
    started.push(moose);
    void moose.gone.then(() => gone.abort(new Error(`Moose ended: ${moose.stderr()}`)));
  });
  const cpu = () => rounded(wholeSeconds(pidOfCommand([mooseProgram, 'up', data]) ?? 0));
  const serving = await answers(`http://127.0.0.1:${port}/healthz`, limit).then(seconds);
  const servingCpu = cpu();
  while ((await claimed(database, before)) < orders) await sleep(countEveryMs, limit);
  const all = seconds();
  const claimedCpu = cpu();
  await keep;
  return { moose: await starting, serving, servingCpu, claimed: all, claimedCpu };
}

/** How often each run was taken up, and at which leg it is. */
async function standing(database: Database): Promise<Record<string, { fence: number; leg: number }>> {
  const { rows } = await sql<{ id: string; fence: number; leg: number }>`select id, fence::int as fence, leg
    from runs`.execute(database.query);
  return Object.fromEntries(rows.map(({ id, fence, leg }) => [id, { fence, leg }]));
}

/**
 * How many runs were taken up since: the run has a new fence, and a process that lives has it, unless that process has
 * taken it further already.
 */
async function claimed(database: Database, before: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from runs r
    join jsonb_each(${before}::jsonb) known on known.key = r.id::text
    where r.fence > (known.value->>'fence')::int and (${isHeldByLiving} or r.leg > (known.value->>'leg')::int)`.execute(
    database.query,
  );
  return rows[0]?.count ?? 0;
}

async function answers(url: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    // Nobody listens yet.
    const response = await fetch(url, { signal }).catch(() => null);
    await response?.arrayBuffer();
    if (response?.ok) return;
    await sleep(lookEveryMs, signal);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('There is no free port');
  return address.port;
}
