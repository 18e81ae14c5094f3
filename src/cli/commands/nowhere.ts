import type { Command } from 'commander';
import type { Nowhere, RunScore } from '../../contract/contract.ts';
import { shortId } from '../../domain/ids.ts';
import { formatUsdNumber } from '../../domain/money.ts';
import type { CliContext } from '../context.ts';
import { paint } from '../face.ts';
import { readMoose } from '../flags.ts';

export function addNowhere(program: Command, context: CliContext): void {
  program
    .command('nowhere')
    .description('show runs that are probably going nowhere, and how often that score is right')
    .action(async (_options: unknown, command: Command) =>
      readMoose(context, command, async ({ moose }, face) => {
        const nowhere = await moose.nowhere();
        face.print(nowhere, () => nowhereLines(nowhere));
      }),
    );
}

const percent = (share: number) => `${Math.round(share * 1_000) / 10} %`;
type Estimate = Nowhere['labelled']['precision'];
const estimate = ({ value, low, high }: Estimate) =>
  `${percent(value)} (95 %: ${percent(low)} to ${percent(high)})`;
const does = {
  warn: 'warns and lets the run continue',
  act: 'stops the run and asks a person',
  off: 'does nothing',
} as const;

/** The probability that a run goes nowhere, and the reasons. */
export function scoreLine({
  score,
  above,
  mode,
  is_over,
  has_paused,
  reasons,
  now,
  cycle,
}: RunScore): string {
  const what = `Going nowhere: ${percent(score)} after cycle ${cycle}`;
  const then = has_paused ? 'paused it' : does[mode];
  const why = reasons.length === 0 ? 'no sign of it yet' : reasons.join('; ');
  const line = `${what}; at ${percent(above)} or more, Moose ${then}: ${why}.`;
  const later = now === null ? '' : ` With the proposal of the current cycle: ${percent(now.score)}.`;
  return is_over ? paint('yellow', line + later) : line + later;
}

export function nowhereLines({ mode, above, labelled, here, open }: Nowhere): string[] {
  return [
    `At a score of ${percent(above)} or more, Moose ${does[mode]}.`,
    '',
    paint('bold', 'Current runs'),
    ...(open.length === 0 ? ['No current run has a failed cycle.'] : open.flatMap(openLines)),
    '',
    paint('bold', 'Here, in the last 30 days'),
    `${here.runs} scored runs ended, ${here.nowhere} of them without a good change; ${here.paused} were paused.`,
    ...(here.precision === null
      ? ['No run with a warning has ended yet.']
      : [`Of ${here.warned} warnings, ${estimate(here.precision)} were right.`]),
    ...(here.recall === null
      ? []
      : [`Runs that went nowhere and were warned about in time: ${estimate(here.recall)}.`]),
    `Spent after the warning by runs that went nowhere: ${formatUsdNumber(here.avoidable_usd)}.`,
    '',
    paint(
      'bold',
      `${labelled.held_back} of ${labelled.runs} labelled runs of a scripted model, not used for the fit`,
    ),
    `At a threshold of ${percent(labelled.above)}, ${estimate(labelled.precision)} of the pauses would be right.`,
    `Of ${labelled.nowhere} runs that went nowhere, it would pause ${estimate(labelled.recall)}.`,
    `Of those that end well, it would pause ${estimate(labelled.paused_well)}.`,
    `It would save ${estimate(labelled.saved_share)} of the money.`,
    `Calibration error ${percent(labelled.calibration_error)}; ranking ${labelled.ranking.toFixed(2)}, with shuffled ends ${labelled.shuffled_ranking.toFixed(2)}.`,
  ];
}

function openLines(one: Nowhere['open'][number]): string[] {
  return [`${shortId(one.work_order_id)} ${one.title}`, `  ${scoreLine(one)}`];
}
