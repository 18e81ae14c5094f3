import type { Command } from 'commander';
import {
  listEscalations,
  measureEscalations,
  showEscalation,
} from '../../../contract/operations/escalations.ts';
import type { CliContext } from '../../context.ts';
import { readMoose } from '../../input/flags.ts';
import { cardLines, measuresLine } from '../../lines/escalation-lines.ts';
import { listAll } from '../../remote/list-all.ts';

const widthDefault = 120;

export function addEscalations(program: Command, context: CliContext): void {
  program
    .command('escalations [id]')
    .description(
      'list questions that wait for your answer: what happened, the options, and what each one costs',
    )
    .option('--all', 'include answered questions')
    .option('--owner <person>', 'only questions of this person; "me": yours')
    .action(async (id: string | undefined, options: { all?: boolean; owner?: string }, command: Command) =>
      readMoose(context, command, async ({ ask }, printer) => {
        const now = new Date();
        const width = process.stdout.columns ?? widthDefault;
        if (id !== undefined) {
          const view = await ask(showEscalation, { params: { id } });
          return printer.print(view, () => cardLines(view, now));
        }
        const query = { status: options.all ? 'all' : 'open', owner: options.owner } as const;
        const views = await listAll((page, left) =>
          ask(listEscalations, { query: { ...query, ...page }, left }),
        );
        const measures = await ask(measureEscalations);
        printer.print({ escalations: views, measures }, () => [
          ...views.flatMap((view) => [...cardLines(view, now, width), '']),
          ...(views.length === 0 ? ['Nothing is waiting for you.', ''] : []),
          measuresLine(measures),
        ]);
      }),
    );
}
