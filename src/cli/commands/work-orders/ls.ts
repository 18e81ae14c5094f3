import { type Command, Option } from 'commander';
import { listStuckWork } from '../../../contract/operations/monitoring.ts';
import { listWorkOrders } from '../../../contract/operations/work-orders.ts';
import { statuses } from '../../../domain/transitions.ts';
import type { CliContext } from '../../context.ts';
import { readMoose } from '../../input/flags.ts';
import { countUpTo } from '../../input/parse-count.ts';
import { listLines } from '../../lines/view-lines.ts';
import { listAll } from '../../remote/list-all.ts';

const listedDefault = 50;
const listedMax = 10_000;

interface ListFlags {
  status?: (typeof statuses)[number];
  project?: string;
  needsYou?: boolean;
  search?: string;
  limit: number;
}

export function addLs(program: Command, context: CliContext): void {
  program
    .command('ls')
    .description('list work orders, newest first')
    .addOption(new Option('--status <status>', 'only work orders with this status').choices(statuses))
    .option('--project <name>', 'only work orders of this project')
    .option(
      '--needs-you',
      'only work orders that wait for a person: a question, a review, an approval or a merge',
    )
    .option('--search <text>', 'only work orders with this text in the title, or at either end of the id')
    .option('--limit <n>', `how many to list, up to ${listedMax}`, countUpTo(listedMax), listedDefault)
    .action(async (options: ListFlags, command: Command) =>
      readMoose(context, command, async ({ ask }, printer) => {
        const query = queryOf(options);
        const views = await listAll(
          (page, left) => ask(listWorkOrders, { query: { ...query, ...page }, left }),
          options.limit,
        );
        // In JSON, `moose stuck` reports stuck work.
        const stuck = printer.isJson
          ? []
          : (await ask(listStuckWork)).items.filter(({ is_stuck }) => is_stuck);
        const hours = new Map(stuck.map((one) => [one.id, one.stuck_hours]));
        printer.print(views, () => listLines(views, process.stdout.columns ?? 120, hours));
      }),
    );
}

function queryOf({ status, project, needsYou, search }: ListFlags) {
  return {
    status: status || undefined,
    project: project || undefined,
    needs_you: needsYou || undefined,
    q: search ? search.trim() : undefined,
  };
}
