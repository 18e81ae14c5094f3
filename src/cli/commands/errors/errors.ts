import { type Command, Option } from 'commander';
import type { ErrorsAsked } from '../../../contract/contract.ts';
import { listErrorGroups, listErrors, showError } from '../../../contract/operations/errors.ts';
import { type FailureClass, failureClasses } from '../../../domain/failure.ts';
import type { CliContext } from '../../context.ts';
import { parseDuration } from '../../input/durations.ts';
import { readMoose } from '../../input/flags.ts';
import { countUpTo } from '../../input/parse-count.ts';
import { errorLines, eventLines, groupLines } from '../../lines/error-lines.ts';
import { listAll } from '../../remote/list-all.ts';
import { addExplainError } from './explain-error.ts';

const listedDefault = 200;
const listedMax = 10_000;
/** Longer than any Moose has existed, and still within the dates that the database accepts. */
const sinceMsMax = 100 * 365 * 24 * 3_600_000;
const widthDefault = 160;

interface ErrorFlags {
  workOrder?: string;
  class?: FailureClass;
  component?: string;
  since: string;
  all?: boolean;
  limit: number;
}

export function addErrors(program: Command, context: CliContext): void {
  const errors = program
    .command('errors [error]')
    .description('show errors: in groups, with their history, each one with --all, or one in full by its id')
    .option('--work-order <id>', 'only errors of this work order')
    .addOption(new Option('--class <class>', 'only errors of this failure class').choices(failureClasses))
    .option('--component <component>', 'only errors of this component, such as git, models, pipeline')
    .option('--since <duration>', 'how far back, as in 30m, 24h or 168h', '24h')
    .option('--all', 'list each error, newest first')
    .option(
      '--limit <n>',
      `how many to list with --all, up to ${listedMax}`,
      countUpTo(listedMax),
      listedDefault,
    )
    .action(async (given: string | undefined, flags: ErrorFlags, command: Command) =>
      readMoose(context, command, async ({ ask }, printer) => {
        const width = process.stdout.columns ?? widthDefault;
        if (given !== undefined) {
          const error = await ask(showError, { params: { id: given } });
          return printer.print(error, () => errorLines(error));
        }
        const question = questionOf(flags);
        if (flags.all) {
          const errors = await listAll(
            (page, left) => ask(listErrors, { query: { ...question, ...page }, left }),
            flags.limit,
          );
          return printer.print(errors, () => eventLines(errors, width));
        }
        const answer = await ask(listErrorGroups, { query: question });
        printer.print(answer, () => groupLines(answer, width));
      }),
    );
  addExplainError(errors, context);
}

function questionOf({
  workOrder: work_order,
  class: failure_class,
  component,
  since,
}: ErrorFlags): ErrorsAsked {
  const within_ms = String(Math.min(parseDuration(since), sinceMsMax));
  return { within_ms, work_order, failure_class, component };
}
