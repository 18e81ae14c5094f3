import type { Command } from 'commander';
import type { PrintedDocument } from '../../../contract/contract.ts';
import { openPreview } from '../../../contract/operations/steering.ts';
import type { CliContext } from '../../context.ts';
import { withMoose } from '../../input/flags.ts';

export function addPreview(program: Command, context: CliContext): void {
  program
    .command('preview <id> [service]')
    .description(
      'print a link that opens a running service of a work order in a browser: it works once, within a minute; the preview lasts an hour at most, and ends with the service',
    )
    .action(async (id: string, service: string | undefined, _options: unknown, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const made: PrintedDocument<'preview'> = await ask(openPreview, {
          params: { id },
          body: { service },
        });
        printer.printSecret(made, made.url);
      }),
    );
}
