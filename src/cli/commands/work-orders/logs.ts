import type { Command } from 'commander';
import type { CliMoose, NamedOrder } from '../../cli-moose.ts';
import type { CliContext } from '../../context.ts';
import { withMoose } from '../../input/flags.ts';
import { followWork, outputTail, printEvent, printLines } from '../../lines/print-work.ts';
import { commandAsCalled } from '../../terminal/as-called.ts';
import { type Printer, paint } from '../../terminal/printer.ts';

const outputTailBytes = 256 * 1024;

export function addLogs(program: Command, context: CliContext): void {
  program
    .command('logs <id>')
    .description('show what happened to a work order, and what its agents and checks printed')
    .option('-f, --follow', 'follow until it ends or needs a decision')
    .action(async (id: string, options: { follow?: boolean }, command: Command) =>
      withMoose(context, command, async ({ moose }, printer) => {
        const order = await moose.find(id);
        if (options.follow) return followWork(moose, printer, order, { signal: context.signal });
        await printAll(moose, printer, order);
        if (!(await moose.isSettled(order)))
          printer.note(paint('gray', `Still open: follow it with ${commandAsCalled('moose logs ID -f')}.`));
      }),
    );
}

/** Prints the output of each process at the time when it ended, because its lines have no timestamps. */
async function printAll(moose: CliMoose, printer: Printer, order: NamedOrder): Promise<void> {
  const sessions = new Map((await moose.sessions(order)).map((session) => [session.id, session]));
  const printed = new Set<string>();
  const print = async (id: string, at: string) => {
    const session = sessions.get(id);
    if (session === undefined || printed.has(id)) return;
    printed.add(id);
    const parts = [];
    for (const stream of ['stdout', 'stderr'] as const)
      parts.push({ stream, ...(await outputTail(moose, session.id, { stream, bytesMax: outputTailBytes })) });
    if (parts.every(({ isKept }) => !isKept))
      return printer.note(
        paint(
          'gray',
          `The output of ${session.name} is not kept, or is on ${session.host} and was not stored yet.`,
        ),
      );
    for (const { stream, text } of parts) printLines(printer, { session, stream, text, at });
  };
  const begun = new Set<string>();
  for (const event of await moose.events(order)) {
    const id = String(event.detail.sessionId);
    if (event.kind === 'session.ended') await print(id, event.at);
    if (event.kind === 'session.started') begun.add(id);
    printEvent(printer, event);
  }
  for (const id of begun) await print(id, sessions.get(id)?.ended_at ?? new Date().toISOString());
}
