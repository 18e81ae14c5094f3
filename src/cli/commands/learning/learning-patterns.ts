// `moose learning patterns`, and the exclusions that people make of them.

import { type Command, Option } from 'commander';
import {
  type Exclusion,
  type ExclusionRequest,
  exclusionKinds,
  type Patterns,
} from '../../../contract/contract.ts';
import {
  allowWork,
  excludeWork,
  showCalibration,
  showLearnedPolicy,
  showPatterns,
} from '../../../contract/operations/learning.ts';
import { shortId } from '../../../domain/ids.ts';
import { formatUsdNumber } from '../../../domain/money.ts';
import type { CliContext } from '../../context.ts';
import { readMoose, withMoose } from '../../input/flags.ts';
import { calibrationLines } from '../../lines/calibration-lines.ts';
import { policyLines } from '../../lines/policy-lines.ts';
import { paint } from '../../terminal/printer.ts';
import { table } from '../../terminal/table.ts';

const widthMax = 140;
const percent = (share: number) => `${Math.round(share * 100)} %`;

export function addPatterns(learning: Command, context: CliContext): void {
  learning
    .command('patterns')
    .description(
      'show where models fail more often than others, how much refinement helps, and which models are excluded from which work',
    )
    .action(async (_: unknown, command: Command) =>
      readMoose(context, command, async ({ ask }, printer) => {
        const patterns = await ask(showPatterns, { signal: context.signal });
        printer.print(patterns, () => patternLines(patterns));
      }),
    );
  learning
    .command('policy')
    .description('show what the learned policy knows and chose, and how it compares with the static rule')
    .action(async (_: unknown, command: Command) =>
      readMoose(context, command, async ({ ask }, printer) => {
        const policy = await ask(showLearnedPolicy, { signal: context.signal });
        printer.print(policy, () => policyLines(policy));
      }),
    );
  learning
    .command('calibration')
    .description('show how accurate the estimates are that are used to choose models and agents')
    .action(async (_: unknown, command: Command) =>
      readMoose(context, command, async ({ ask }, printer) => {
        const calibration = await ask(showCalibration, { signal: context.signal });
        printer.print(calibration, () => calibrationLines(calibration));
      }),
    );
  learning
    .command('stop')
    .argument('<model>', 'the model to exclude')
    .description('stop sending a kind of work to a model, such as `--word auth`')
    .option('--word <word>', 'a hard-stop word of the work order')
    .addOption(new Option('--kind <kind>', 'a kind of work').choices(exclusionKinds))
    .option('--language <language>', 'the language of the repository')
    .addOption(new Option('--band <complexity>', 'a complexity').choices(['low', 'medium', 'high']))
    .option('--project <project>', 'only in this project; by default in all')
    .option('--because <reason>', 'why, for others who read it')
    .action(async (model: string, wish: Omit<ExclusionRequest, 'model'>, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const { word, kind, language, band, project, because } = wish;
        const given = { word, kind, language, band, project, because };
        const named = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
        const made = await ask(excludeWork, { body: { model, ...named } });
        printer.print(made, () => [
          `From now on, ${made.text}.`,
          `To allow it again: \`moose learning allow ${shortId(made.id)}\``,
        ]);
      }),
    );
  learning
    .command('allow')
    .argument('<exclusion>', 'its ID, from `moose learning patterns`')
    .description('remove an exclusion: send this kind of work to the model again')
    .action(async (id: string, _: unknown, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const allowed = await ask(allowWork, { params: { id } });
        printer.print(allowed, () => `No longer excluded: ${allowed.text}.`);
      }),
    );
}

function patternLines({ findings, cycles, cycles_text, exclusions, computed_at }: Patterns): string[] {
  return [
    ...(computed_at === null ? ['Nothing has been computed yet: Moose does that every few minutes.'] : []),
    ...(findings.length === 0 ? ['No significant differences.'] : []),
    ...findings.flatMap(({ text, evidence, suggestion, is_excluded }) => [
      paint('bold', text),
      `  ${evidence}`,
      `  ${is_excluded ? 'Done: ' : ''}${suggestion}`,
    ]),
    '',
    ...table(
      ['CYCLE', 'REACHED', 'SUCCEEDED IN IT', '95 % INTERVAL', 'COST', 'COST PER SUCCESS'],
      cycles.map((each) => [
        String(each.cycle),
        String(each.reached),
        `${each.succeeded} (${percent(each.rate)})`,
        `${percent(each.low)} to ${percent(each.high)}`,
        formatUsdNumber(each.cost_usd),
        each.cost_per_success_usd === null ? '-' : formatUsdNumber(each.cost_per_success_usd),
      ]),
      widthMax,
    ),
    cycles_text,
    '',
    ...exclusionLines(exclusions.filter(({ revoked_at }) => revoked_at === null)),
  ];
}

function exclusionLines(exclusions: readonly Exclusion[]): string[] {
  if (exclusions.length === 0) return ['Nothing is excluded.'];
  return table(
    ['EXCLUSION', 'RULE', 'PROJECT', 'BY', 'REASON'],
    exclusions.map(({ id, text, project, created_by, because }) => [
      ...[shortId(id), text, project ?? 'all projects', created_by.replace(/^human:/, ''), because],
    ]),
    widthMax,
  );
}
