// Throughput with 1, 2, 4 and 8 machines on one database. A work order mostly waits for its model, as with real models, so
// that the processors of one machine do not decide the result.
import { availableParallelism } from 'node:os';
import { sql } from 'kysely';
import { sleep } from '../src/stdx/async/sleep.ts';
import { type Machine, type ManyMachines, openManyMachines } from './machines/ground.ts';
import { busySeconds } from './machines/processes.ts';
import { type Bench, type BenchOptions, type Figures, type Goal, goalAtMost } from './measuring/bench.ts';
import { rounded } from './measuring/statistics.ts';

/** R-DIST-4: by how much throughput grows with twice the machines. */
const growthMin = 1.8;
const whole = { machines: [1, 2, 4, 8], modelMs: 12_000, ordersEach: 4, idleMs: 10_000 };
const quick = { machines: [1, 2], modelMs: 3_000, ordersEach: 3, idleMs: 3_000 };
/** Each machine works on this many at the same time. */
const runsMax = 2;
const lookEveryMs = 250;
const roundMsMax = 20 * 60_000;
const processors = availableParallelism();

export const bench: Bench = {
  about:
    'work orders per second with 1, 2, 4 and 8 machines on one database, and the processor time of each machine',
  run: async (options) => {
    const usual = options.isQuick ? quick : whole;
    const extent = {
      ...usual,
      machines: options.machines ?? usual.machines,
      ordersEach: options.orders ?? usual.ordersEach,
    };
    const ground = await openManyMachines({ modelMs: extent.modelMs, runsMax }, options.signal);
    try {
      const running: Machine[] = [];
      const rounds: Round[] = [];
      for (const count of extent.machines) {
        while (running.length < count) running.push(await ground.startMachine(`m${running.length + 1}`));
        const round = await measure(ground, running, extent, options);
        options.note(noteOf(round));
        rounds.push(round);
      }
      return reported(rounds);
    } finally {
      await ground.close();
    }
  },
};

interface Round {
  machines: number;
  perSecond: number;
  /** Processor seconds of all machines and of the database for each work order. */
  cpuEach: number;
  databaseCpuEach: number;
  /** The share of one processor that each machine used, in the order of their names. */
  shares: number[];
  /** The share of one processor that the database used. */
  databaseShare: number;
  /** The share of all processors that anything at all on this machine used. */
  busyShare: number;
  doneByEach: number[];
  /** The share of one processor that a machine without work uses, and its share of the database's. */
  idleShare: number;
  idleDatabaseShare: number;
  /** The most connections that all machines together had to the database at one time. */
  connections: number;
  lost: number;
  doneTwice: number;
}

function noteOf({ machines, perSecond, cpuEach, shares, databaseShare, busyShare }: Round): string {
  const ofAll = (share: number) => `${Math.round((share / processors) * 100)} %`;
  return [
    `${machines} machines: ${perSecond.toFixed(3)} work orders/s, ${cpuEach.toFixed(2)} s of processor time each`,
    `  of ${processors} processors: ${shares.map(ofAll).join(' ')} for the machines, ${ofAll(databaseShare)} for the database`,
    `  ${Math.round(busyShare * 100)} % were in use, also by anything else`,
  ].join('\n');
}

async function measure(
  ground: ManyMachines,
  machines: readonly Machine[],
  { ordersEach, idleMs }: Pick<typeof whole, 'ordersEach' | 'idleMs'>,
  { signal }: BenchOptions,
): Promise<Round> {
  const idle = await during(ground, machines, () => sleep(idleMs, signal));
  const ids = await ground.submitMany(ordersEach * machines.length * runsMax);
  let connections = 0;
  const work = await during(ground, machines, async () => {
    connections = await allOver(ground, ids, signal);
  });
  const { perMachine, lost, doneTwice } = await account(ground, ids);
  const machineSeconds = work.machines.reduce((sum, seconds) => sum + seconds, 0);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    machines: machines.length,
    perSecond: ids.length / work.seconds,
    cpuEach: (machineSeconds + work.database) / ids.length,
    databaseCpuEach: work.database / ids.length,
    shares: work.machines.map((seconds) => seconds / work.seconds),
    databaseShare: work.database / work.seconds,
    busyShare: work.busy / work.seconds / processors,
    doneByEach: machines.map(({ name }) => perMachine.get(name) ?? 0),
    idleShare: mean(idle.machines) / idle.seconds,
    idleDatabaseShare: idle.database / machines.length / idle.seconds,
    connections,
    lost,
    doneTwice,
  };
}

async function during(ground: ManyMachines, machines: readonly Machine[], act: () => Promise<void>) {
  const before = {
    machines: machines.map((one) => one.cpuSeconds()),
    database: ground.databaseCpuSeconds(),
    busy: busySeconds(),
  };
  const startMs = performance.now();
  await act();
  return {
    seconds: (performance.now() - startMs) / 1_000,
    machines: machines.map((one, index) => one.cpuSeconds() - (before.machines[index] ?? 0)),
    database: ground.databaseCpuSeconds() - before.database,
    busy: busySeconds() - before.busy,
  };
}

async function allOver(
  { database }: ManyMachines,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  let connections = 0;
  const deadlineMs = performance.now() + roundMsMax;
  for (;;) {
    const { rows } = await sql<{ open: number; connections: number }>`select count(*)::int as open,
        (select count(*) from pg_stat_activity where application_name like 'moose%')::int as connections
      from work_orders where id = any(${ids}::uuid[]) and status in ('pending', 'in_progress')`.execute(
      database.query,
    );
    connections = Math.max(connections, rows[0]?.connections ?? 0);
    if (rows[0]?.open === 0) return connections;
    if (performance.now() > deadlineMs) throw new Error(`${rows[0]?.open} work orders are still open`);
    await sleep(lookEveryMs, signal);
  }
}

/** `doneTwice` counts every model call, check, takeover and pull request beyond the first of a work order. */
async function account(ground: ManyMachines, ids: readonly string[]) {
  const { rows } = await sql<{ title: string; status: string; host: string | null; extra: number }>`
    select o.title, o.status, (select min(s.host) from sessions s where s.work_order_id = o.id) as host,
      (select coalesce(sum(r.fence) - 1, 0) from runs r where r.work_order_id = o.id)::int
      + (select greatest(count(*) - 1, 0) from pull_requests p where p.work_order_id = o.id)::int
      + (select greatest(count(*) - 1, 0) from sessions s where s.work_order_id = o.id and s.purpose = 'check')::int as extra
    from work_orders o where o.id = any(${ids}::uuid[])`.execute(ground.database.query);
  const calls = await ground.callsByTitle();
  const perMachine = new Map<string, number>();
  for (const { host } of rows) if (host !== null) perMachine.set(host, (perMachine.get(host) ?? 0) + 1);
  return {
    perMachine,
    lost: ids.length - rows.filter(({ status }) => status === 'completed').length,
    doneTwice: rows.reduce((sum, { title, extra }) => sum + extra + (calls.get(title) ?? 0) - 1, 0),
  };
}

function reported(rounds: readonly Round[]) {
  const figures: Figures = {};
  const goals: Record<string, Goal> = {};
  for (const [index, round] of rounds.entries()) {
    figures[`machines_${round.machines}`] = figuresOf(round);
    const before = rounds[index - 1];
    if (before === undefined) continue;
    const growth = rounded(round.perSecond / before.perSecond);
    goals[`growth_${round.machines}`] = goalAtMost(
      `${growthMin} in the growth of throughput from ${before.machines} to ${round.machines} machines (${growth})`,
      rounded(growthMin / growth),
      1,
    );
  }
  const sumOf = (value: (round: Round) => number) => rounds.reduce((sum, round) => sum + value(round), 0);
  goals.lost = goalAtMost(
    'work orders that are not completed',
    sumOf(({ lost }) => lost),
    0,
  );
  goals.done_twice = goalAtMost(
    'acts done more than once',
    sumOf(({ doneTwice }) => doneTwice),
    0,
  );
  return { figures, goals };
}

function figuresOf(round: Round): Figures {
  const list = (values: readonly number[]) => values.map((value) => rounded(value)).join(' ');
  const ofAll = (share: number) => rounded(share / processors);
  return {
    per_second: rounded(round.perSecond),
    per_processor_second: rounded(1 / round.cpuEach),
    processor_seconds_each: rounded(round.cpuEach),
    of_these_database: rounded(round.databaseCpuEach),
    share_of_processors: {
      processors,
      machines: list(round.shares.map(ofAll)),
      database: ofAll(round.databaseShare),
      in_use_by_anything: rounded(round.busyShare),
    },
    done_by_each_machine: list(round.doneByEach),
    connections: round.connections,
    idle: { machine: rounded(round.idleShare), database_for_each_machine: rounded(round.idleDatabaseShare) },
  };
}
