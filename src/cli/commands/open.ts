import type { Command } from 'commander';
import type { PrintedDocument } from '../../contract/contract.ts';
import type { CliContext } from '../context.ts';
import { flagsOf } from '../flags.ts';
import { openBrowser } from '../open-browser.ts';

/** The token is shown only at a terminal: output in a file would keep it. */
export function addOpen(program: Command, context: CliContext): void {
  program
    .command('open')
    .description('print the address of Mission Control; at a terminal, also open it in the browser')
    .action(async (_options: unknown, command: Command) => {
      const flags = flagsOf(command);
      const face = context.face(flags.json);
      const own = await context.address(flags);
      if (face.isJson || !face.isTerminal) {
        const document: PrintedDocument<'open'> = { url: own.openUrl, token_path: own.tokenPath };
        return face.print(document, () => [own.openUrl, `The sign-in token is in ${own.tokenPath}`]);
      }
      face.printSecret(null, own.signInUrl);
      await openBrowser(own, face, context.signal);
    });
}
