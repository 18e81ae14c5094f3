import { type Command, Option } from 'commander';
import type { PrintedDocument } from '../../contract/contract.ts';
import { formatUsd, usdNumber } from '../../domain/money.ts';
import { usdPerMillion } from '../../domain/price.ts';
import type { PriceAnswer } from '../../engine/prices/ask-prices.ts';
import type { RecomputedCosts } from '../../store/money/recompute-costs.ts';
import type { CliContext } from '../context.ts';
import { withMoose } from '../flags.ts';
import { table } from '../table.ts';

interface PricesFlags {
  history?: boolean;
  check?: boolean;
}

const widthMax = 200;
const differsCode = 1;

export function addPrices(program: Command, context: CliContext): void {
  program
    .command('prices [model]')
    .description('show model prices in dollars per million tokens, and when each took effect')
    .option('--history', 'show every version of each price')
    .addOption(
      new Option('--check', 'recompute the cost of every settled call from its tokens').conflicts('history'),
    )
    .action(async (name: string | undefined, options: PricesFlags, command: Command) =>
      withMoose(context, command, async ({ moose }, printer) => {
        if (options.check) {
          if (name !== undefined)
            command.error('error: --check covers the calls of all models and takes no model');
          const found = await moose.recomputeCosts(context.signal);
          if (found.differing > 0) process.exitCode = differsCode;
          return printer.print(checkDocument(found), () => checkLines(found));
        }
        const prices = await moose.prices({ name, all: options.history === true });
        printer.print(prices.map(priceDocument), () => priceLines(prices));
      }),
    );
}

type PrintedPrice = Extract<PrintedDocument<'prices'>, unknown[]>[number];

function priceDocument(price: PriceAnswer): PrintedPrice {
  return {
    model: price.name,
    version: price.version,
    source: price.source,
    effective_from: price.from.toISOString(),
    is_in_force: price.isInForce,
    context_tokens: price.contextTokens,
    /** Dollars per million tokens. */
    steps:
      price.steps?.map((step) => ({
        above_input_tokens: step.aboveInputTokens,
        input_usd: usdNumber(step.input),
        cache_read_usd: usdNumber(step.cacheRead),
        cache_write_usd: usdNumber(step.cacheWrite),
        cache_write_1h_usd: usdNumber(step.cacheWrite1h),
        output_usd: usdNumber(step.output),
      })) ?? null,
    created_by: price.createdBy,
    created_at: price.createdAt.toISOString(),
  };
}

export function priceLines(prices: readonly PriceAnswer[]): string[] {
  const header = ['MODEL', 'INPUT ABOVE', 'INPUT', 'CACHE READ', 'CACHE WRITE', '1 H WRITE', 'OUTPUT'];
  const isHistory = prices.some(({ isInForce }) => !isInForce);
  const rows = prices.flatMap((price) => rowsOf(price, isHistory && price.isInForce));
  return table([...header, 'SINCE', 'SOURCE', 'VERSION'], rows, widthMax);
}

function rowsOf({ name, steps, from, source, version }: PriceAnswer, isMarked: boolean): string[][] {
  const origin = [from.toISOString().slice(0, 10), source, isMarked ? `${version} (in effect)` : version];
  if (steps === null) return [[name, '', '', '', '', '', 'list price', ...origin]];
  return steps.map(({ aboveInputTokens, input, cacheRead, cacheWrite, cacheWrite1h, output }, index) => [
    index === 0 ? name : '',
    aboveInputTokens === 0 ? '' : String(aboveInputTokens),
    ...[input, cacheRead, cacheWrite, cacheWrite1h, output].map(usdPerMillion),
    ...(index === 0 ? origin : ['', '', '']),
  ]);
}

function checkDocument({
  checked,
  unversioned,
  differing,
  differences,
}: RecomputedCosts): Exclude<PrintedDocument<'prices'>, PrintedPrice[]> {
  return {
    checked,
    unversioned,
    differing,
    differences: differences.map((one) => ({
      call_id: one.callId,
      model: one.model,
      price_version: one.priceVersion,
      booked_usd: usdNumber(one.bookedNanoUsd),
      recomputed_usd: one.recomputedNanoUsd === null ? null : usdNumber(one.recomputedNanoUsd),
    })),
  };
}

export function checkLines({ checked, unversioned, differing, differences }: RecomputedCosts): string[] {
  const calls = `${checked} settled ${checked === 1 ? 'call' : 'calls'}`;
  const without = unversioned > 0 ? [`Calls without a price version: ${unversioned}.`] : [];
  if (differing === 0) return [`${calls}: every cost matches its tokens and price.`, ...without];
  const rows = differences.map((one) => [
    one.callId,
    one.model,
    formatUsd(one.bookedNanoUsd),
    one.recomputedNanoUsd === null ? 'no such version' : formatUsd(one.recomputedNanoUsd),
    one.priceVersion,
  ]);
  return [
    `${differing} of ${calls} do not match the cost computed from their tokens and prices:`,
    ...table(['CALL', 'MODEL', 'BOOKED', 'RECOMPUTED', 'VERSION'], rows, widthMax),
    ...without,
  ];
}
