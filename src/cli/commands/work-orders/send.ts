import type { Command } from 'commander';
import { sendMessage } from '../../../contract/operations/steering.ts';
import { shortId } from '../../../domain/ids.ts';
import type { MessageReading } from '../../../domain/work-order/message.ts';
import type { CliContext } from '../../context.ts';
import { withMoose } from '../../input/flags.ts';
import { countUpTo } from '../../input/parse-count.ts';
import { readText } from '../../input/read-text.ts';
import { viewOf } from '../../remote/view-of.ts';

export function addSend(program: Command, context: CliContext): void {
  program
    .command('send <id> <text>')
    .description(
      'send a message to a work order: every later prompt contains it, and nothing is published until it was read; @FILE reads the text from a file',
    )
    .option('--file <path>', 'the file that it is about, by its path in the repository')
    .option('--line <n>', 'the line of that file', countUpTo(1_000_000))
    .option(
      '--now',
      'interrupt an agent at work: it keeps its files, and its next cycle reads the message at once',
    )
    .action(
      async (
        id: string,
        given: string,
        options: { file?: string; line?: number; now?: boolean },
        command: Command,
      ) =>
        withMoose(context, command, async ({ ask }, printer) => {
          const text = await readText(given, context.signal);
          const { read_in } = await ask(sendMessage, { params: { id }, body: { text, ...options } });
          const order = await viewOf(ask, id);
          printer.print({ id: order.id, read_in }, () => [readingLine(shortId(order.id), read_in)]);
        }),
    );
}

export function readingLine(id: string, reading: MessageReading): string {
  switch (reading) {
    case 'first_cycle':
      return `Sent to ${id}: it is read with the task.`;
    case 'now':
      return `Sent to ${id}: the agent is interrupted, keeps its files, and reads it at once.`;
    case 'next_cycle':
      return `Sent to ${id}: it is read in the next cycle, before anything is published.`;
    case 'next_run':
      return `Sent to ${id}: it is read when the work order runs again: \`moose retry ${id} --from generating\``;
  }
}
