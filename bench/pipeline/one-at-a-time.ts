// Compares Moose's own time for a work order with that of a bare workflow. They alternate, so that both run under the
// same load.

import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { BenchOptions, Figures } from '../measuring/bench.ts';
import { median, quantile, rounded } from '../measuring/statistics.ts';
import { type Account, accountOf } from './account.ts';
import type { BareMessage } from './bare-program.ts';
import { type Child, startChild } from './child.ts';
import type { MooseUnderTest } from './moose-under-test.ts';

interface Plan {
  rounds: number;
  workOrders: number;
  bareWorkflows: number;
}

const wholePlan: Plan = { rounds: 12, workOrders: 3, bareWorkflows: 9 };
const quickPlan: Plan = { rounds: 3, workOrders: 2, bareWorkflows: 4 };
/** Runs of each before the measurement, in which connections are opened, code is compiled and caches are filled. */
const warmUps = 3;

export interface OneAtATime {
  figures: Figures;
  ownMs: number;
  bareMs: number;
  /** The median of the ratios in each round. */
  ratio: number;
}

export async function measureOneAtATime(
  moose: MooseUnderTest,
  { isQuick, signal, note }: BenchOptions,
): Promise<OneAtATime> {
  const { rounds, workOrders, bareWorkflows } = isQuick ? quickPlan : wholePlan;
  const bare = await startBare(moose, signal);
  try {
    await runOwn(moose, warmUps, signal);
    await runBare(bare, warmUps, signal);
    const accounts: Account[] = [];
    const bareMs: number[] = [];
    const ratios: number[] = [];
    for (let round = 1; round <= rounds; round++) {
      const own = await runOwn(moose, workOrders, signal);
      const peers = await runBare(bare, bareWorkflows, signal);
      accounts.push(...own);
      bareMs.push(...peers);
      ratios.push(median(own.map(({ ownMs }) => ownMs)) / median(peers));
      note(
        `round ${round} of ${rounds}: Moose's own ${median(own.map(({ ownMs }) => ownMs)).toFixed(0)} ms, bare ${median(peers).toFixed(0)} ms`,
      );
    }
    return summary(accounts, bareMs, ratios);
  } finally {
    await bare.stop();
  }
}

async function startBare(moose: MooseUnderTest, signal: AbortSignal): Promise<Child<BareMessage>> {
  const url = await createDatabase(moose.opened.database.url, 'bare');
  const bare = startChild<BareMessage>(fileURLToPath(import.meta.resolve('./bare-program.ts')), [url]);
  await bare.next(signal);
  return bare;
}

async function createDatabase(serverUrl: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(`create database ${name}`);
  } finally {
    await client.end();
  }
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function runOwn(moose: MooseUnderTest, count: number, signal: AbortSignal): Promise<Account[]> {
  const accounts: Account[] = [];
  for (let index = 0; index < count; index++) {
    const order = await moose.workOrder(`Alone ${crypto.randomUUID()}`, signal);
    accounts.push(await accountOf(moose, order));
    forget(moose);
  }
  return accounts;
}

/** Deletes the records of a work order after its analysis, because they would only slow down the next analysis. */
function forget({ processes, statements, calls }: MooseUnderTest): void {
  processes.seen.length = 0;
  statements.seen.length = 0;
  calls.length = 0;
}

async function runBare(bare: Child<BareMessage>, count: number, signal: AbortSignal): Promise<number[]> {
  const answer = bare.next(signal);
  bare.send({ count });
  const message = await answer;
  return 'durationsMs' in message ? message.durationsMs : [];
}

function summary(
  accounts: readonly Account[],
  bareMs: readonly number[],
  ratios: readonly number[],
): OneAtATime {
  const of = (value: (account: Account) => number) => accounts.map(value);
  const p50 = (value: (account: Account) => number) => rounded(median(of(value)));
  const parts = Object.keys(accounts[0]?.partsMs ?? {}) as (keyof Account['partsMs'])[];
  const ratio = median(ratios);
  const figures: Figures = {
    work_orders: accounts.length,
    bare_workflows: bareMs.length,
    wall_ms_p50: p50(({ wallMs }) => wallMs),
    own_ms_p50: p50(({ ownMs }) => ownMs),
    own_ms_p90: rounded(
      quantile(
        of(({ ownMs }) => ownMs),
        0.9,
      ),
    ),
    own_without_session_start_ms_p50: p50(({ ownByRowsMs }) => ownByRowsMs),
    bare_ms_p50: rounded(median(bareMs)),
    bare_ms_p90: rounded(quantile(bareMs, 0.9)),
    ratio_p50: rounded(ratio),
    ratio_least: rounded(Math.min(...ratios)),
    ratio_most: rounded(Math.max(...ratios)),
    parts_ms_p50: Object.fromEntries(
      parts.map((part) => [part.replaceAll(' ', '_'), p50(({ partsMs }) => partsMs[part])]),
    ),
    fork_ms_p50: p50(({ forkMs }) => forkMs),
    git_processes: p50(({ gitProcesses }) => gitProcesses),
    statements: p50(({ statements }) => statements),
    transactions: p50(({ transactions }) => transactions),
  };
  return { figures, ratio, ownMs: median(of(({ ownMs }) => ownMs)), bareMs: median(bareMs) };
}
