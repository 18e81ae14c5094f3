import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { readAddress } from '../src/gateway/process/address-file.ts';
import { knownPrices } from '../src/models/prices.ts';
import { startEmbedded } from '../src/postgres/start/start-embedded.ts';
import { sleep } from '../src/stdx/async/sleep.ts';
import { type Random, seededRandom } from '../src/stdx/random.ts';
import { openSilentWay, type SilentWay } from '../src/store/connection/open-silent-way.fixture.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import { proveBudget } from '../src/store/money/budget-proof.ts';
import { reapCalls } from '../src/store/money/gateways.ts';
import { setLimit } from '../src/store/money/limits.ts';
import { stateList } from '../src/store/money/model-prices.ts';
import { migrate } from '../src/store/schema/migrate.ts';
import { startMooseGateway } from './gateway/moose-ground.ts';
import { type Bench, type BenchOptions, goalAtMost } from './measuring/bench.ts';
import { work } from './storm/clients.ts';
import { type StormProvider, startProvider } from './storm/provider.ts';

const clientCount = 40;
const gatewayNames = ['one', 'two'] as const;
const spanMsWhole = 600_000;
const spanMsQuick = 30_000;
/** The limit grows by this much each time it is reached, so that the storm is always near it. */
const limitStepNanoUsd = 3_000_000_000n;
const limitEveryMs = 2_000;
const lookEveryMs = 100;
const proveEveryMs = 5_000;
const blowEveryMs = 4_000;
const frozenMsMax = 20_000;
const apartMsMax = 12_000;
/** Always the date of one of two days, so that each change is a midnight. */
const timeZones = ['Etc/GMT+12', 'Pacific/Kiritimati'] as const;
const midnightEveryMs = 7_000;
const graceMs = 30_000;
/** Nearly never open: this is a storm over the ledger. */
const circuits = { recoveryTimeoutMs: 1_000, failureThreshold: 1_000 };

const programPath = join(import.meta.dirname, '../src/app/gateway-program.ts');
const clockPath = join(import.meta.dirname, 'storm/jumping-clock-program.ts');

export const bench: Bench = {
  about:
    'calls of four protocols through two gateways that are killed, frozen and cut off from the database, whose clocks jump, over many midnights: never over, never under-booked',
  run: async (options) => {
    const directory = await realpath(await mkdtemp(join(tmpdir(), 'moose-bench-storm-')));
    const server = await startEmbedded({ directory: join(directory, 'postgres'), signal: options.signal });
    const database = openDatabase(server.url, { connectionsMax: 24 });
    const seed = Date.now() % 2 ** 31;
    options.note(`seed ${seed}`);
    const random = seededRandom(seed);
    const provider = await startProvider(random);
    try {
      await migrate(server.url);
      await database.run((query) => stateList(query, knownPrices()));
      return await blow({ database, directory, provider, random }, options);
    } finally {
      await provider.close();
      await database.close();
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    }
  },
};

interface Ground {
  database: Database;
  directory: string;
  provider: StormProvider;
  random: Random;
}

interface Blows {
  killed: number;
  frozen: number;
  silenced: number;
  disconnected: number;
  midnights: number;
}

interface Seen {
  /** The largest excess over a limit, in nano-dollars. */
  overNanoUsd: bigint;
  differences: number;
  leases: number;
  looks: number;
}

async function blow(ground: Ground, { isQuick, signal, note }: BenchOptions) {
  const { database, directory, provider, random } = ground;
  const isOver = new AbortController();
  const over = AbortSignal.any([signal, isOver.signal]);
  const ways = await Promise.all(gatewayNames.map(() => openSilentWay(database.url)));
  const gateways = await Promise.all(
    gatewayNames.map((name, place) =>
      startMooseGateway({ database: { url: ways[place]?.url ?? '' }, directory }, provider.url, {
        name,
        circuits,
        argv: ['--import', clockPath, programPath],
        signal,
      }),
    ),
  );
  const counts: Record<string, number> = {};
  const seen: Seen = { overNanoUsd: 0n, differences: 0, leases: 0, looks: 0 };
  const blows: Blows = { killed: 0, frozen: 0, silenced: 0, disconnected: 0, midnights: 0 };
  await database.transaction((query) => setLimit(query, 'monthly', 1_000_000_000_000n, 'human:bench'));
  await database.transaction((query) => setLimit(query, 'daily', limitStepNanoUsd, 'human:bench'));
  const beside = [
    raiseLimit(database, over),
    look(database, seen, over),
    trouble(ground, blows, over),
    part(ways, random, blows, over),
    passMidnights(database, blows, over),
  ];
  const clients = Array.from({ length: clientCount }, () =>
    work({
      database,
      random,
      gateway: () => (random() < 0.5 ? gateways[0] : gateways[1])?.url ?? '',
      signal: over,
      count: (what) => {
        counts[what] = (counts[what] ?? 0) + 1;
      },
    }),
  );
  const untilMs = performance.now() + (isQuick ? spanMsQuick : spanMsWhole);
  while (performance.now() < untilMs) {
    await Promise.race([sleep(10_000, signal), ...clients, ...beside]);
    note(
      Object.entries(counts)
        .map((each) => each.join(' '))
        .join(', '),
    );
  }
  isOver.abort();
  await Promise.all([...clients, ...beside]);
  await Promise.all(gateways.map((gateway) => gateway.stop()));
  for (const way of ways) way.close();
  await afterwards(database, signal);
  const booked = await bookedByRun(database);
  let underNanoUsd = 0n;
  for (const [run, nanoUsd] of provider.billed) {
    const missing = nanoUsd - (booked.get(run) ?? 0n);
    if (missing > 0n) underNanoUsd += missing;
  }
  const sum = (values: Iterable<bigint>) => Number([...values].reduce((all, one) => all + one, 0n)) / 1e9;
  return {
    figures: {
      calls: counts,
      provider: { ...provider.calls },
      gateways: { ...blows },
      leases_seen: seen.leases,
      looks: seen.looks,
      billed_usd: sum(provider.billed.values()),
      booked_usd: sum(booked.values()),
    },
    goals: {
      over: goalAtMost('nano-dollars above a limit, at any look', Number(seen.overNanoUsd), 0),
      under: goalAtMost('nano-dollars that a run was billed and not booked', Number(underNanoUsd), 0),
      sums: goalAtMost(
        'counters that differ from the sums of their rows, during the storm and after it',
        seen.differences + (await proveBudget(database.query)).length,
        0,
      ),
    },
  };
}

async function raiseLimit(database: Database, signal: AbortSignal): Promise<void> {
  let limit = limitStepNanoUsd;
  while (!signal.aborted) {
    await sleep(limitEveryMs, signal).catch(() => undefined);
    limit += limitStepNanoUsd;
    await database.transaction((query) => setLimit(query, 'daily', limit, 'human:bench'));
  }
}

/** One statement is one instant: what is used, and the limit at that time, which only grows. */
async function look(database: Database, seen: Seen, signal: AbortSignal): Promise<void> {
  let proveAtMs = performance.now();
  while (!signal.aborted) {
    const { rows } = await sql<{ over: bigint; leases: bigint }>`select
      coalesce(max(w.held_nano_usd + w.spent_nano_usd + w.presumed_nano_usd
        - (select ((value #>> '{}')::numeric * 1000000000)::bigint from system_config
          where key = 'budget.daily_limit_usd')) filter (where w.key like 'day:%'), 0)::bigint as over,
      (select count(*) from cost_tracking where is_lease and status = 'sent')::bigint as leases
      from budget_windows w`.execute(database.query);
    const [row] = rows;
    seen.looks += 1;
    if (row && row.over > seen.overNanoUsd) seen.overNanoUsd = row.over;
    if (row && Number(row.leases) > seen.leases) seen.leases = Number(row.leases);
    if (performance.now() > proveAtMs) {
      seen.differences += (await proveBudget(database.query)).length;
      proveAtMs = performance.now() + proveEveryMs;
      await reapCalls(database.query);
    }
    await sleep(lookEveryMs, signal).catch(() => undefined);
  }
}

/** Kills a gateway, which is started again, or freezes it: shortly, or for so long that it is believed dead. */
async function trouble({ directory, random }: Ground, blows: Blows, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(random() * 2 * blowEveryMs, signal).catch(() => undefined);
    const name = gatewayNames[random() < 0.5 ? 0 : 1];
    const pid = (await readAddress(join(directory, name)))?.pid;
    if (pid === undefined) continue;
    if (random() < 0.5) {
      if (send(pid, 'SIGKILL')) blows.killed += 1;
    } else if (send(pid, 'SIGSTOP')) {
      blows.frozen += 1;
      await sleep(random() * random() * frozenMsMax, signal).catch(() => undefined);
      send(pid, 'SIGCONT');
    }
  }
}

/** Cuts a gateway off from the database for a while: its connections break, or fall silent. */
async function part(
  ways: readonly SilentWay[],
  random: Random,
  blows: Blows,
  signal: AbortSignal,
): Promise<void> {
  const rest = (ms: number) => sleep(ms, signal).catch(() => undefined);
  while (!signal.aborted) {
    await rest(random() * 6 * blowEveryMs);
    const way = ways[random() < 0.5 ? 0 : 1];
    if (way === undefined || signal.aborted) continue;
    if (random() < 0.5) {
      way.silenceAll();
      blows.silenced += 1;
      await rest(random() * apartMsMax);
      way.mend();
    } else {
      way.shut();
      blows.disconnected += 1;
      await rest(random() * apartMsMax);
      await way.reopen();
    }
  }
}

async function passMidnights(database: Database, blows: Blows, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(midnightEveryMs, signal).catch(() => undefined);
    const zone = timeZones[blows.midnights % timeZones.length];
    await sql`insert into system_config (key, value) values ('budget.time_zone', to_jsonb(${zone}::text))
      on conflict (key) do update set value = excluded.value`.execute(database.query);
    blows.midnights += 1;
  }
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    // It has ended in the meantime.
    return false;
  }
}

/** Until no call is open: what dead gateways left is presumed. */
async function afterwards(database: Database, signal: AbortSignal): Promise<void> {
  const untilMs = performance.now() + graceMs;
  for (;;) {
    await reapCalls(database.query, { silenceMs: 0, betweenLooksMs: 0 });
    const { rows } =
      await sql`select from cost_tracking where type = 'actual' and status = 'sent' limit 1`.execute(
        database.query,
      );
    if (rows.length === 0 || performance.now() > untilMs) return;
    await sleep(lookEveryMs, signal);
  }
}

async function bookedByRun(database: Database): Promise<Map<string, bigint>> {
  const { rows } = await sql<{
    runId: string;
    nanoUsd: bigint;
  }>`select run_id, sum(actual_nano_usd)::bigint as nano_usd
    from cost_tracking where type = 'actual' and run_id is not null group by run_id`.execute(database.query);
  return new Map(rows.map(({ runId, nanoUsd }) => [runId, nanoUsd]));
}
