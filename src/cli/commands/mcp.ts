import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { withMoose } from '../flags.ts';

export function addMcp(program: Command, context: CliContext): void {
  program
    .command('mcp')
    .description(
      'answer an assistant over the Model Context Protocol on standard input and output, until it hangs up',
    )
    .option('--name <name>', 'who it is: it acts as mcp:NAME', 'assistant')
    .action(async ({ name }: { name: string }, command: Command) =>
      withMoose(context, command, (opened) => context.mcp(opened, { name }), 'serve'),
    );
}
