import { type Command, Option } from 'commander';
import type { Range, Trends } from '../../../contract/contract.ts';
import { showTrends } from '../../../contract/operations/monitoring.ts';
import { formatUsdNumber } from '../../../domain/money.ts';
import { durationText } from '../../../domain/text/duration.ts';
import { rangeMs } from '../../../engine/views/trends.ts';
import type { CliContext } from '../../context.ts';
import { readMoose } from '../../input/flags.ts';
import { paint } from '../../terminal/printer.ts';
import { sparkline } from '../../terminal/sparkline.ts';
import { table } from '../../terminal/table.ts';

export const ranges = Object.keys(rangeMs) as Range[];

export function addTrends(program: Command, context: CliContext): void {
  program
    .command('trends')
    .description('show spending, errors, recovery and finished work over time')
    .addOption(new Option('--range <range>', 'how far back').choices(ranges).default('24h'))
    .action(async ({ range }: { range: Range }, command: Command) =>
      readMoose(context, command, async ({ ask }, printer) => {
        const trends = await ask(showTrends, { query: { range }, signal: context.signal });
        printer.print(trends, () => trendLines(trends));
      }),
    );
}

const widthMax = 120;
const secondMs = 1_000;
const usdText = formatUsdNumber;
const percent = (share: number | null) => (share === null ? 'n/a' : `${Math.round(share * 100)} %`);

export function trendLines(trends: Trends): string[] {
  const { totals, recovery } = trends;
  const course = <Row extends { at: string }>(rows: readonly Row[], read: (row: Row) => number) =>
    sparkline(courseOf(trends, rows, read));
  const presumed = totals.presumed_usd > 0 ? `, ${usdText(totals.presumed_usd)} of it presumed` : '';
  return [
    paint('bold', `The last ${trends.range}, since ${trends.since.slice(0, 16).replace('T', ' ')} UTC`),
    `spent      ${course(trends.spend, ({ usd }) => usd)} ${usdText(totals.spent_usd)} in ${totals.calls} calls${presumed}`,
    `wasted     ${course(trends.spend, ({ wasted_usd }) => wasted_usd)} ${usdText(totals.wasted_usd)}`,
    `errors     ${course(trends.errors, ({ count }) => count)} ${totals.errors}`,
    `recovered  ${course(trends.errors, ({ recovered }) => recovered)} ${recovery.recovered} of ${recovery.failures} with a known outcome (${percent(recovery.rate)})`,
    `completed  ${course(trends.throughput, ({ completed }) => completed)} ${totals.completed}`,
    `failed     ${course(trends.throughput, ({ failed }) => failed)} ${totals.failed}`,
    `questions  ${course(trends.questions, ({ open }) => open)} ${questionsText(trends)}`,
    ...section(
      ['MODEL', 'SPENT', 'WASTED', 'CALLS'],
      [...Map.groupBy(trends.spend, ({ model }) => model)].map(([model, rows]) => [
        model,
        usdText(sumOf(rows, ({ usd }) => usd)),
        usdText(sumOf(rows, ({ wasted_usd }) => wasted_usd)),
        String(sumOf(rows, ({ calls }) => calls)),
      ]),
    ),
    ...section(
      ['STRATEGY', 'TRIED', 'RECOVERED'],
      recovery.by_strategy.map(({ strategy, tried, recovered }) => [
        ...[strategy, String(tried), `${recovered} (${percent(recovered / tried)})`],
      ]),
    ),
  ];
}

function questionsText({ questions }: Trends): string {
  const answered = sumOf(questions, (row) => row.answered);
  const deliveries = questions.flatMap(({ delivery_ms }) => delivery_ms ?? []);
  const mean = (sum: number, count: number) => durationText(Math.round(sum / count / secondMs) * secondMs);
  const inMs = sumOf(questions, (row) => (row.answer_ms ?? 0) * row.answered);
  return [
    `${questions.at(-1)?.open ?? 0} open`,
    `${sumOf(questions, ({ asked }) => asked)} asked`,
    `${answered} answered${answered === 0 ? '' : `, on average after ${mean(inMs, answered)}`}`,
    ...(deliveries.length === 0
      ? []
      : [`delivered after ${mean(sumOf(deliveries, Number), deliveries.length)}`]),
  ].join(', ');
}

/** One value per bucket of the range, zero where nothing happened. */
function courseOf<Row extends { at: string }>(
  { since, until, bucket_ms: bucketMs }: Trends,
  rows: readonly Row[],
  read: (row: Row) => number,
): number[] {
  const sinceMs = Date.parse(since);
  const course = Array.from({ length: Math.ceil((Date.parse(until) - sinceMs) / bucketMs) }, () => 0);
  for (const row of rows) {
    const index = Math.floor((Date.parse(row.at) - sinceMs) / bucketMs);
    course[index] = (course[index] ?? 0) + read(row);
  }
  return course;
}

function section(header: readonly string[], rows: ReadonlyArray<readonly string[]>): string[] {
  return rows.length === 0 ? [] : ['', ...table(header, rows, widthMax)];
}

function sumOf<Row>(rows: readonly Row[], read: (row: Row) => number): number {
  return rows.reduce((sum, row) => sum + read(row), 0);
}
