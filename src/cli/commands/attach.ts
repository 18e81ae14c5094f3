import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { shortId } from '../../domain/ids.ts';
import type { CliMoose, NamedOrder } from '../cli-moose.ts';
import type { CliContext } from '../context.ts';
import { type Face, paint } from '../face.ts';
import { withMoose } from '../flags.ts';
import { followWork } from '../print-work.ts';
import { viewLines } from '../view-lines.ts';
import { readingLine } from './send.ts';

export function addAttach(program: Command, context: CliContext): void {
  program
    .command('attach <id>')
    .description(
      'watch a running work order, with the output of its agents and checks; each line that you type is sent to it as a message; Ctrl-C leaves it running',
    )
    .action(async (id: string, _: object, command: Command) =>
      withMoose(context, command, async ({ moose }, face) => {
        const order = await moose.find(id);
        const afterId = await moose.newestEventId(order);
        if (!face.isJson) for (const line of viewLines(await moose.view(id))) face.note(line);
        const isSending = process.stdin.isTTY && !face.isJson;
        if (isSending)
          face.note(paint('gray', 'Type a message and press Enter to send it. Ctrl-C leaves it running.'));
        const typing = isSending ? sendLines(moose, face, order, context.signal) : undefined;
        try {
          await followWork(moose, face, order, { signal: context.signal, afterId });
        } finally {
          typing?.close();
        }
      }),
    );
}

function sendLines(moose: CliMoose, face: Face, order: NamedOrder, signal: AbortSignal) {
  const lines = createInterface({ input: process.stdin, signal });
  lines.on('line', (text) => {
    if (text.trim() === '') return;
    void moose.send(order.id, { text }).then(
      (reading) => face.note(paint('gray', readingLine(shortId(order.id), reading))),
      (cause: unknown) => face.note(cause instanceof Error ? cause.message : String(cause)),
    );
  });
  return lines;
}
