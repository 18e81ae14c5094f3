import { type Command, Option } from 'commander';
import type { Price, PriceCheck } from '../../../contract/contract.ts';
import { checkPrices, listPrices } from '../../../contract/operations/money.ts';
import { usdPerMillion } from '../../../domain/agents/price.ts';
import { nanoOfNumber } from '../../../domain/money.ts';
import type { CliContext } from '../../context.ts';
import { withMoose } from '../../input/flags.ts';
import { table } from '../../terminal/table.ts';

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
      withMoose(context, command, async ({ ask }, printer) => {
        if (options.check) {
          if (name !== undefined)
            command.error('error: --check covers the calls of all models and takes no model');
          const found = await ask(checkPrices, { signal: context.signal });
          if (found.differing > 0) process.exitCode = differsCode;
          return printer.print(found, () => checkLines(found));
        }
        const { items: prices } = await ask(listPrices, { query: { name, all: options.history === true } });
        printer.print(prices, () => priceLines(prices));
      }),
    );
}

export function priceLines(prices: readonly Price[]): string[] {
  const header = ['MODEL', 'INPUT ABOVE', 'INPUT', 'CACHE READ', 'CACHE WRITE', '1 H WRITE', 'OUTPUT'];
  const isHistory = prices.some(({ is_in_force }) => !is_in_force);
  const rows = prices.flatMap((price) => rowsOf(price, isHistory && price.is_in_force));
  return table([...header, 'SINCE', 'SOURCE', 'VERSION'], rows, widthMax);
}

function rowsOf({ name, steps, effective_from, source, version }: Price, isMarked: boolean): string[][] {
  const origin = [effective_from.slice(0, 10), source, isMarked ? `${version} (in effect)` : version];
  if (steps === null) return [[name, '', '', '', '', '', 'list price', ...origin]];
  return steps.map((step, index) => [
    index === 0 ? name : '',
    step.above_input_tokens === 0 ? '' : String(step.above_input_tokens),
    ...[
      step.input_usd,
      step.cache_read_usd,
      step.cache_write_usd,
      step.cache_write_1h_usd,
      step.output_usd,
    ].map((usd) => usdPerMillion(nanoOfNumber(usd))),
    ...(index === 0 ? origin : ['', '', '']),
  ]);
}

export function checkLines({ checked, unversioned, differing, differences }: PriceCheck): string[] {
  const calls = `${checked} settled ${checked === 1 ? 'call' : 'calls'}`;
  const without = unversioned > 0 ? [`Calls without a price version: ${unversioned}.`] : [];
  if (differing === 0) return [`${calls}: every cost matches its tokens and price.`, ...without];
  const rows = differences.map((one) => [
    one.call_id,
    one.model,
    one.booked,
    one.recomputed ?? 'no such version',
    one.price_version,
  ]);
  return [
    `${differing} of ${calls} do not match the cost computed from their tokens and prices:`,
    ...table(['CALL', 'MODEL', 'BOOKED', 'RECOMPUTED', 'VERSION'], rows, widthMax),
    ...without,
  ];
}
