import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { readMoose } from '../../input/flags.ts';
import { cardLines, measuresLine } from '../../lines/escalation-lines.ts';

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
      readMoose(context, command, async ({ moose }, printer) => {
        const now = new Date();
        const width = process.stdout.columns ?? widthDefault;
        if (id !== undefined) {
          const view = await moose.escalations.one(id);
          return printer.print(view, () => cardLines(view, now, width));
        }
        const views = await moose.escalations.list({ all: options.all === true, owner: options.owner });
        const measures = await moose.escalations.measures();
        printer.print({ escalations: views, measures }, () => [
          ...views.flatMap((view) => [...cardLines(view, now, width), '']),
          ...(views.length === 0 ? ['Nothing is waiting for you.', ''] : []),
          measuresLine(measures),
        ]);
      }),
    );
}
