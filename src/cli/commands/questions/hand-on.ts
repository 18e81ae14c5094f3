import type { Command } from 'commander';
import { handOnEscalation } from '../../../contract/operations/escalations.ts';
import type { CliContext } from '../../context.ts';
import { withMoose } from '../../input/flags.ts';
import { cardLines } from '../../lines/escalation-lines.ts';

export function addHandOn(program: Command, context: CliContext): void {
  program
    .command('hand-on <escalation> <person>')
    .description('assign an open question to another person')
    .action(async (id: string, person: string, _options: unknown, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const card = await ask(handOnEscalation, { params: { id }, body: { owner: person } });
        printer.print(card, () => cardLines(card, new Date()));
      }),
    );
}
