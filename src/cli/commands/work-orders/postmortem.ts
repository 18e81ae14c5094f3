import type { Command } from 'commander';
import { showPostmortem } from '../../../contract/operations/work-orders.ts';
import type { CliContext } from '../../context.ts';
import { readMoose } from '../../input/flags.ts';
import { plainMarkdown } from '../../terminal/plain-markdown.ts';

export function addPostmortem(program: Command, context: CliContext): void {
  program
    .command('postmortem <id>')
    .description(
      'show why a work order failed, was parked or undone, as Markdown: first cause, what was tried, what it cost, and what would have prevented it',
    )
    .action(async (id: string, _options: unknown, command: Command) =>
      readMoose(context, command, async ({ ask }, printer) => {
        const postmortem = await ask(showPostmortem, { params: { id } });
        const text = postmortem.markdown.trimEnd();
        printer.print(postmortem, () => (printer.isTerminal ? plainMarkdown(text) : text));
      }),
    );
}
