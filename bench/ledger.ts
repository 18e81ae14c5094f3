import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { startEmbedded } from '../src/postgres/start/start-embedded.ts';
import { openDatabase } from '../src/store/database.ts';
import { proveBudget } from '../src/store/money/budget-proof.ts';
import { migrate } from '../src/store/schema/migrate.ts';
import { draw, forgetInserted, lockAndSumBoth, lockAndSumDay, reserve, settle } from './ledger/acts.ts';
import { during, openClients, type Span } from './ledger/clients.ts';
import { type Key, type LedgerBenchGround, prepare, rowsBefore, rowsToday } from './ledger/ground.ts';
import { type Bench, type BenchOptions, goalAtMost } from './measuring/bench.ts';
import { median, rounded } from './measuring/statistics.ts';

const clientCount = 32;
/** The maximum share of the time of a lock and a sum: a reservation must have five times their throughput. */
const shareMax = 1 / 5;
const roundsWhole = 8;
const roundsQuick = 2;
const spanMs = 1_500;
const singleDraws = 500;

interface Round {
  locked: Span;
  lockedDay: Span;
  reserved: Span;
  pairs: Span;
}

export const bench: Bench = {
  about:
    'money set aside by 32 clients at once, beside a lock on the table and a sum; calls drawn and settled',
  run: async (options) => {
    const { signal, note } = options;
    const directory = await mkdtemp(join(tmpdir(), 'moose-bench-ledger-'));
    // Default settings, as in production: commits are flushed to the disk.
    const server = await startEmbedded({ directory: join(directory, 'postgres'), signal });
    const clients: pg.Client[] = [];
    try {
      await migrate(server.url);
      note(`${rowsToday} rows of today, ${rowsBefore} of before`);
      const ground = await prepare(server.url);
      clients.push(...(await openClients(server.url, clientCount)));
      const rounds = await measureRounds(clients, ground, options);
      note('one client alone');
      const single = await singleDrawMs(clients[0] as pg.Client, ground, signal);
      return { figures: figuresOf(rounds, single), goals: await goalsOf(rounds, server.url) };
    } finally {
      await Promise.all(clients.map((client) => client.end()));
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    }
  },
};

/** Interleaved, so that other load on the machine affects all of them equally. */
async function measureRounds(
  clients: readonly pg.Client[],
  ground: LedgerBenchGround,
  { isQuick, signal, note }: BenchOptions,
): Promise<Round[]> {
  const rounds: Round[] = [];
  for (let n = 0; n < (isQuick ? roundsQuick : roundsWhole); n++) {
    const locked = await during(clients, spanMs, signal, lockAndSumBoth);
    const lockedDay = await during(clients, spanMs, signal, lockAndSumDay);
    const reserved = await during(clients, spanMs, signal, reserve);
    const pairs = await during(clients, spanMs, signal, async (client, index) => {
      await settle(client, await draw(client, ground, ground.keys[index % ground.keys.length] as Key));
    });
    rounds.push({ locked, lockedDay, reserved, pairs });
    await forgetInserted(clients[0] as pg.Client);
    note(
      `round ${n + 1}: ${rounded(locked.perSecond)}/s with a lock, ${rounded(reserved.perSecond)}/s, ${rounded(pairs.perSecond)} calls/s`,
    );
  }
  return rounds;
}

async function singleDrawMs(client: pg.Client, ground: LedgerBenchGround, signal: AbortSignal) {
  const draws: number[] = [];
  const settlements: number[] = [];
  for (let n = 0; n < singleDraws; n++) {
    signal.throwIfAborted();
    const startedMs = performance.now();
    const callId = await draw(client, ground, ground.keys[n % ground.keys.length] as Key);
    const drawnMs = performance.now();
    await settle(client, callId);
    draws.push(drawnMs - startedMs);
    settlements.push(performance.now() - drawnMs);
  }
  return { draw: median(draws), settle: median(settlements) };
}

const ratios = (rounds: readonly Round[], to: 'locked' | 'lockedDay' = 'locked') =>
  rounds.map((round) => round.reserved.perSecond / round[to].perSecond);

function ratioFigures(rounds: readonly Round[], to: 'locked' | 'lockedDay') {
  const all = ratios(rounds, to);
  return { median: rounded(median(all)), least: rounded(Math.min(...all)), most: rounded(Math.max(...all)) };
}

function figuresOf(rounds: readonly Round[], single: { draw: number; settle: number }) {
  const of = (kind: keyof Round) => ({
    per_second: rounded(median(rounds.map((round) => round[kind].perSecond))),
    p50_ms: rounded(median(rounds.flatMap((round) => round[kind].latenciesMs))),
  });
  return {
    clients: clientCount,
    rows: { today: rowsToday, before: rowsBefore },
    lock_and_sum: of('locked'),
    lock_and_sum_of_the_day_alone: of('lockedDay'),
    reservation: of('reserved'),
    draw_and_settle: of('pairs'),
    ratio: ratioFigures(rounds, 'locked'),
    ratio_to_the_day_alone: ratioFigures(rounds, 'lockedDay'),
    one_client_p50_ms: { draw: rounded(single.draw), settle: rounded(single.settle) },
  };
}

async function goalsOf(rounds: readonly Round[], url: string) {
  const database = openDatabase(url);
  try {
    const wrong = await database.run(proveBudget);
    const ofCalls = wrong.filter(({ of, counter }) => of.startsWith('envelope:') && counter === 'open');
    return {
      reservation: goalAtMost(
        'the time of a reservation in day and month, as a share of what it takes with LOCK TABLE and SUM',
        rounded(1 / median(ratios(rounds))),
        shareMax,
      ),
      open: goalAtMost('envelopes that do not add up after it', ofCalls.length, 0),
    };
  } finally {
    await database.close();
  }
}
