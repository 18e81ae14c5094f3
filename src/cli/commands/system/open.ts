import type { Command } from 'commander';
import type { PrintedDocument } from '../../../contract/contract.ts';
import type { CliContext } from '../../context.ts';
import { flagsOf } from '../../input/flags.ts';
import { openBrowser } from '../../terminal/open-browser.ts';

/** The token is shown only at a terminal: output in a file would keep it. */
export function addOpen(program: Command, context: CliContext): void {
  program
    .command('open')
    .description('print the address of Mission Control; at a terminal, also open it in the browser')
    .action(async (_options: unknown, command: Command) => {
      const flags = flagsOf(command);
      const printer = context.printer(flags.json);
      const own = await context.address(flags);
      if (printer.isJson || !printer.isTerminal) {
        const document: PrintedDocument<'open'> = { url: own.openUrl, token_path: own.tokenPath };
        return printer.print(document, () => [
          own.openUrl,
          ...(own.tokenPath === null ? [] : [`The sign-in token is in ${own.tokenPath}`]),
        ]);
      }
      printer.printSecret(null, own.signInUrl);
      await openBrowser(own, printer, context.signal);
    });
}
