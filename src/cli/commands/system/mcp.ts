import type { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { withMoose } from '../../input/flags.ts';
import { parseName } from '../../input/parse-name.ts';

export function addMcp(program: Command, context: CliContext): void {
  program
    .command('mcp')
    .description(
      'serve an assistant over MCP (Model Context Protocol): on standard input and output, until it disconnects',
    )
    .option('--name <name>', 'name of the assistant; it acts as mcp:NAME', parseName, 'assistant')
    .action(async ({ name }: { name: string }, command: Command) =>
      withMoose(context, command, (opened) => opened.mcp({ name }), 'serve'),
    );
}
