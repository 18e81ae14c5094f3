// A simulated month of work orders through a whole Moose: compares the cost of a merged change under the learned policy
// with that under the static rule.
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Opened, openMoose } from '../src/app/compose.ts';
import { readConfig } from '../src/app/config/config.ts';
import { startWorker } from '../src/app/start-worker.ts';
import { createScratchRepository } from '../src/demo/scratch-repository.ts';
import { startScriptedProvider } from '../src/demo/scripted-provider.ts';
import { type Month, monthModels, monthScript } from './learning-month/models.ts';
import {
  type DollarsPerChange,
  differencePerChange,
  dollarsPerChange,
  type MonthFigures,
  type MonthOrder,
  readMonth,
} from './learning-month/month-figures.ts';
import { type MonthGround, type PlayedOrder, playMonth, priceText } from './learning-month/play-month.ts';
import { type Bench, type Figures, goalAtMost, type Measured } from './measuring/bench.ts';
import { median, rounded } from './measuring/statistics.ts';
import { type DoneBell, openDoneBell } from './pipeline/done-bell.ts';

const defaultOrders = 3_000;
const quickOrders = 200;
const seed = 1;
/** The value of a finished work order; a try costs 0.3 to 9 cents. */
const valueUsd = 0.5;
/** Gives both policies three tries. */
const cyclesMax = 2;
const exploredShareMax = 0.02;
/** Large enough that the month never waits for money. */
const budgetUsd = 1_000_000;
/** A month takes hours on a busy machine; what it has shown so far is printed after this many work orders. */
const notedEvery = 100;
/** A busy machine may make no progress for minutes. */
const orderMsMax = 3_600_000;

export const bench: Bench = {
  about: 'what a merged change costs over a simulated month, learned and static, through the whole pipeline',
  run: async ({ isQuick, signal, note, orders = isQuick ? quickOrders : defaultOrders }) => {
    if (!Number.isSafeInteger(orders) || orders < 1)
      throw new RangeError('--orders is no whole number above 0');
    const month: Month = { models: monthModels, orders, seed };
    const from = performance.now();
    const tookMs: number[] = [];
    const figures = await withMonth(month, signal, async (ground) => {
      const onDone = async (done: readonly PlayedOrder[]) => {
        tookMs.push(performance.now() - from);
        if (done.length % notedEvery !== 0) return;
        const inOrder = done.toSorted((one, other) => one.number - other.number);
        const seconds = Math.round((performance.now() - from) / 1_000);
        const soFar = soFarText(await readMonth(ground.opened.database, inOrder));
        note(`${inOrder.length} of ${orders} work orders, ${seconds} s: ${soFar}`);
      };
      const played = await playMonth(ground, month, { signal, onDone });
      return readMonth(ground.opened.database, played);
    });
    const seconds = (performance.now() - from) / 1_000;
    const gaps = tookMs.map((ms, index) => ms - (tookMs[index - 1] ?? 0));
    return measured(figures, {
      work_orders: orders,
      seed,
      value_usd: valueUsd,
      wall_seconds: rounded(seconds),
      seconds_per_work_order: rounded(seconds / orders),
      ms_between_ends_median: rounded(median(gaps)),
    });
  },
};

function measured(
  { warmUp, learned, heldOut, exploredShare, parked }: MonthFigures,
  about: Figures,
): Measured {
  const difference = differencePerChange(learned, heldOut, seed);
  return {
    figures: {
      ...about,
      warm_up: figuresOf(warmUp),
      learned: figuresOf(learned),
      static: figuresOf(heldOut),
      learned_minus_static_usd_per_merged_change: shown(difference),
      explored_share_of_spend: exploredShare,
      parked_work_orders: parked,
    },
    goals: {
      dollars: goalAtMost(
        'dollars per merged change, learned, in those of the static rule',
        rounded(ratio(dollarsPerChange(learned, seed), dollarsPerChange(heldOut, seed))),
        1,
      ),
      explored: goalAtMost("exploration's share of the spend", exploredShare, exploredShareMax),
    },
  };
}

/** The figures so far, on one line. */
function soFarText({ learned, heldOut, exploredShare, parked }: MonthFigures): string {
  const of = (name: string, orders: readonly MonthOrder[]) => {
    const { mean, low, high } = dollarsPerChange(orders, seed);
    const cents = (usd: number | null) => (usd === null ? '-' : `${(100 * usd).toFixed(2)} ct`);
    return `${name} ${cents(mean)} per merged change (${cents(low)} to ${cents(high)}) of ${orders.length}`;
  };
  const explored = `${(100 * exploredShare).toFixed(2)} % explored`;
  return [of('learned', learned), of('static', heldOut), explored, `${parked} parked`].join(', ');
}

const ratio = (one: DollarsPerChange, other: DollarsPerChange) =>
  (one.mean ?? Number.POSITIVE_INFINITY) / (other.mean ?? Number.POSITIVE_INFINITY);

function figuresOf(orders: readonly MonthOrder[]): Figures {
  const spent = orders.reduce((sum, { costUsd }) => sum + costUsd, 0);
  const merged = orders.filter(({ isMerged }) => isMerged).length;
  return {
    work_orders: orders.length,
    merged,
    spent_usd: spent,
    usd_per_merged_change: shown(dollarsPerChange(orders, seed)),
    value_per_work_order_usd: orders.length === 0 ? null : (valueUsd * merged - spent) / orders.length,
  };
}

const shown = ({ mean, low, high }: DollarsPerChange): Figures => ({ mean, low, high });

async function withMonth<T>(
  month: Month,
  signal: AbortSignal,
  use: (ground: MonthGround) => Promise<T>,
): Promise<T> {
  const data = await realpath(await mkdtemp(join(tmpdir(), 'moose-bench-month-')));
  const provider = await startScriptedProvider({ script: monthScript(month) });
  const { PATH, HOME, TMPDIR } = process.env;
  const config = readConfig(
    {
      PATH,
      HOME,
      TMPDIR,
      MOOSE_AGENT: 'patch',
      MOOSE_LOG_LEVEL: 'silent',
      MOOSE_SCRIPTED_BASE_URL: provider.baseUrl,
      MOOSE_PRICES: month.models.map(priceText).join(','),
      MOOSE_MODELS: month.models[0]?.name,
    },
    { data },
  );
  let opened: Opened | undefined;
  try {
    const repository = await createScratchRepository(join(data, 'till'), signal);
    opened = await openMoose(config, signal);
    const lost = new AbortController();
    const worker = await startWorker(opened, config, (error) => lost.abort(error));
    let bell: DoneBell | undefined;
    try {
      bell = await ringAtEnds(opened.database.url);
      await prepare(opened, repository.path);
      const until = AbortSignal.any([signal, lost.signal]);
      const settled = async (id: string) => (await bell?.wait(id, until))?.status ?? '';
      return await use({ opened, repositoryPath: repository.path, settled });
    } finally {
      await bell?.close();
      await worker.close();
    }
  } finally {
    await opened?.close();
    await provider.stop();
    await rm(data, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** A work order that asks a person counts as over. */
const ringAtEnds = (url: string): Promise<DoneBell> =>
  openDoneBell(
    url,
    { table: 'work_orders', id: 'id', over: "old.status = 'in_progress' and new.status <> old.status" },
    orderMsMax,
  );

async function prepare({ moose }: Opened, repositoryPath: string): Promise<void> {
  await moose.limits({
    dailyNanoUsd: BigInt(budgetUsd) * 10n ** 9n,
    monthlyNanoUsd: BigInt(budgetUsd) * 10n ** 9n,
  });
  await moose.settings.change('settings.limits.finished_value_usd', { value: valueUsd });
  await moose.settings.change('settings.limits.refinement_cycles', { value: cyclesMax });
  const { project } = await moose.projects.add({ repository: repositoryPath });
  await moose.projects.change(project.id, { learning: 'on' });
}
