// What taking up one work order costs with 100,000 in the queue, with half of them, and with the last
// thousand: the real durable engine, the real claim of the run and the real change of the work order, on a
// PostgreSQL with durable settings.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { pino } from 'pino';
import type { RunId } from '../src/domain/ids.ts';
import { startDurable } from '../src/durable/engine.ts';
import { announceLostRuns } from '../src/durable/find-lost-runs.ts';
import { migrateDurable } from '../src/durable/migrate-durable.ts';
import { startEmbedded } from '../src/postgres/start/start-embedded.ts';
import { sleep } from '../src/stdx/async/sleep.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { migrate } from '../src/store/schema/migrate.ts';
import { claimRun, updateRun } from '../src/store/work/runs/runs.ts';
import { changeWorkOrder } from '../src/store/work/work-orders/work-orders.ts';
import { familySeconds, postmasterOf } from './machines/processes.ts';
import { type Bench, type BenchOptions, type Figures, goalAtMost } from './measuring/bench.ts';
import { median, rounded } from './measuring/statistics.ts';
import { countWaiting, explainClaim, fillQueue, leaveWaiting } from './queue/seed.ts';

const ordersWhole = 100_000;
const ordersQuick = 10_000;
/** Work orders that are taken up at each depth of the queue; fewer if the queue is shorter than that makes sense. */
const takenEachMax = 1_000;
const runsMax = 64;
const waitMsMax = 10 * 60_000;
/** The maximum cost of a claim from the full queue, relative to one from the nearly empty queue. */
const ratioMax = 1.5;
/** One process looks for runs without a message every ten seconds. */
const lookMsMax = 1_000;
const looks = 3;

export const bench: Bench = {
  about: 'what taking up a work order costs with 100,000 in the queue, beside the last thousand of them',
  run: async (options) => {
    const directory = await mkdtemp(join(tmpdir(), 'moose-bench-queue-'));
    const server = await startEmbedded({ directory: join(directory, 'postgres'), signal: options.signal });
    const database = openDatabase(server.url);
    try {
      await migrate(server.url);
      await migrateDurable(server.url);
      return await measure(database, options);
    } finally {
      await database.close();
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    }
  },
};

interface Depth {
  waiting: number;
  msEach: number;
  /** Processor time of the database server and of this process. */
  databaseMsEach: number;
  ownMsEach: number;
  plan: string;
  lookMs: number;
}

async function measure(database: Database, { isQuick, signal, note, ...given }: BenchOptions) {
  const orders = given.orders ?? (isQuick ? ordersQuick : ordersWhole);
  const takenEach = Math.min(takenEachMax, Math.floor(orders / 10));
  await fillQueue(database, orders, signal);
  note(`${orders} work orders are waiting`);
  // The first work orders also pay for compiling the code.
  await claim(database, Math.ceil(takenEach / 4), signal);
  const depths: Depth[] = [];
  for (const left of [orders, Math.round(orders / 2), takenEach + 2 * runsMax]) {
    if ((await countWaiting(database)) > left) await leaveWaiting(database, left);
    const depth = await claim(database, takenEach, signal);
    note(`${depth.waiting} waiting: ${depth.msEach.toFixed(2)} ms each`);
    depths.push(depth);
  }
  const [first, middle, last] = depths;
  if (!first || !middle || !last) throw new TypeError('Three depths are measured');
  const ratio = (depth: Depth, of: (depth: Depth) => number) => rounded(of(depth) / of(last));
  const cpu = ({ databaseMsEach, ownMsEach }: Depth) => databaseMsEach + ownMsEach;
  const figures = {
    orders,
    first_thousand: figuresOf(first),
    middle_thousand: figuresOf(middle),
    last_thousand: figuresOf(last),
    ratios_to_last: {
      first: ratio(first, ({ msEach }) => msEach),
      middle: ratio(middle, ({ msEach }) => msEach),
    },
  };
  const goals = {
    first: goalAtMost(
      'processor time of a claim of the first thousand, in that of the last thousand',
      ratio(first, cpu),
      ratioMax,
    ),
    middle: goalAtMost(
      'processor time of a claim of the middle thousand, in that of the last thousand',
      ratio(middle, cpu),
      ratioMax,
    ),
    look: goalAtMost(
      'milliseconds of one look for runs without a message, with the full queue',
      rounded(first.lookMs),
      lookMsMax,
    ),
  };
  return { figures, goals };
}

async function claim(database: Database, takenEach: number, signal: AbortSignal): Promise<Depth> {
  const waiting = await countWaiting(database);
  const plan = await explainClaim(database, runsMax);
  const lookMs = await timeLooks(database);
  const postmaster = await postmasterOf(database);
  const executorId = crypto.randomUUID();
  const takenMs: number[] = [];
  const isEnough = Promise.withResolvers<void>();
  const before = { database: familySeconds(postmaster), own: process.cpuUsage() };
  const durable = await startDurable({
    database,
    executorId,
    host: 'bench',
    runsMax,
    logger: pino({ level: 'error' }, pino.destination(2)),
    execute: async (runId, { leg, onTaken }) => {
      await claimOne(database, runId, executorId, leg);
      onTaken();
      takenMs.push(performance.now());
      await endOne(database, runId);
      if (takenMs.length >= takenEach) isEnough.resolve();
    },
    onLost: (error) => isEnough.reject(error),
  });
  const stop = AbortSignal.any([signal, AbortSignal.timeout(waitMsMax)]);
  await Promise.race([isEnough.promise, sleep(waitMsMax + 1_000, stop)]);
  const taken = takenMs.length;
  const own = process.cpuUsage(before.own);
  const databaseSeconds = familySeconds(postmaster) - before.database;
  await durable.drain(waitMsMax, signal);
  await durable.close();
  const [firstMs = 0] = takenMs;
  return {
    waiting,
    plan,
    lookMs,
    msEach: ((takenMs[taken - 1] ?? 0) - firstMs) / (taken - 1),
    databaseMsEach: (databaseSeconds * 1_000) / taken,
    ownMsEach: (own.user + own.system) / 1_000 / taken,
  };
}

async function claimOne(database: Database, runId: RunId, executorId: string, leg: number): Promise<void> {
  await database.transaction(async (query) => {
    const run = await claimRun(query, runId, executorId, leg);
    if (!run) throw new Error(`Run ${runId} was taken up twice`);
    await changeWorkOrder(
      query,
      run.workOrderId,
      { status: 'pending' },
      {
        status: 'in_progress',
        step: 'routing',
        stepState: 'running',
        changedBy: 'moose:bench',
        changedBecause: 'taken up',
      },
    );
  });
}

async function endOne(database: Database, runId: RunId): Promise<void> {
  await database.transaction(async (query) => {
    await updateRun(query, runId, { state: 'ended', outcome: 'cancelled', endedAt: new Date() });
    await sql`update work_orders set status = 'cancelled', step_state = 'done', changed_by = 'moose:bench',
      changed_because = 'measured' where id = (select work_order_id from runs where id = ${runId})`.execute(
      query,
    );
  });
}

async function timeLooks(database: Database): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < looks; n++) {
    const startMs = performance.now();
    await database.transaction(announceLostRuns);
    times.push(performance.now() - startMs);
  }
  return median(times);
}

function figuresOf({ waiting, msEach, databaseMsEach, ownMsEach, plan, lookMs }: Depth): Figures {
  return {
    waiting,
    ms_each: rounded(msEach),
    processor_ms_each: { database: rounded(databaseMsEach), moose: rounded(ownMsEach) },
    ms_of_a_look_for_lost_runs: rounded(lookMs),
    plan,
  };
}
