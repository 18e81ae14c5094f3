import type { Command } from 'commander';
import type { Session } from '../../../contract/contract.ts';
import type { Ask } from '../../../contract/operations/ask.ts';
import { listWorkOrderSessions } from '../../../contract/operations/work-orders.ts';
import type { CliContext } from '../../context.ts';
import { withMoose } from '../../input/flags.ts';
import {
  followWork,
  isReadable,
  outputTail,
  printEvent,
  printLines,
  printTranscript,
} from '../../lines/print-work.ts';
import { TranscriptLines } from '../../lines/transcript-lines.ts';
import { listEvents, type NamedOrder, newestEvent } from '../../remote/follow-events.ts';
import { viewOf } from '../../remote/view-of.ts';
import { type Printer, paint } from '../../terminal/printer.ts';

const outputTailBytes = 256 * 1024;

export function addLogs(program: Command, context: CliContext): void {
  program
    .command('logs <id>')
    .description('show what happened to a work order, and what its agents and checks printed')
    .option('-f, --follow', 'follow until it ends or needs a decision')
    .action(async (id: string, options: { follow?: boolean }, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const order = await viewOf(ask, id);
        if (options.follow) return followWork(ask, printer, order, { signal: context.signal });
        await printAll(ask, printer, order);
        if (!(await newestEvent(ask, order)).is_settled)
          printer.note(paint('gray', 'Still open: follow it with `moose logs ID -f`.'));
      }),
    );
}

/** Prints the output of each process at the time when it ended, because its lines have no timestamps. */
async function printAll(ask: Ask, printer: Printer, order: NamedOrder): Promise<void> {
  const { items } = await ask(listWorkOrderSessions, { params: { id: order.id } });
  const sessions = new Map(items.map((session) => [session.id, session]));
  const printed = new Set<string>();
  const print = async (id: string, at: string) => {
    const session = sessions.get(id);
    if (session === undefined || printed.has(id)) return;
    printed.add(id);
    if (isReadable(session, printer)) return printTurns(ask, printer, { session, at });
    const parts = [];
    for (const stream of ['stdout', 'stderr'] as const)
      parts.push({ stream, ...(await outputTail(ask, session.id, { stream, bytesMax: outputTailBytes })) });
    if (parts.every(({ isKept }) => !isKept)) return noteNotKept(printer, session);
    for (const { stream, text } of parts) printLines(printer, { session, stream, text, at });
  };
  const begun = new Set<string>();
  for (const event of await listEvents(ask, order)) {
    const id = String(event.detail.sessionId);
    if (event.kind === 'session.ended') await print(id, event.at);
    if (event.kind === 'session.started') begun.add(id);
    printEvent(printer, event);
  }
  for (const id of begun) await print(id, sessions.get(id)?.ended_at ?? new Date().toISOString());
}

/** What an agent did, from its first turn on, and what it printed as errors. */
async function printTurns(
  ask: Ask,
  printer: Printer,
  { session, at }: { session: Session; at: string },
): Promise<void> {
  const transcript = new TranscriptLines();
  let page = await printTranscript(ask, printer, { session, offset: 0, transcript, at });
  if (!page.is_here && page.size === 0) return noteNotKept(printer, session);
  while (!page.is_over && page.next_offset > page.offset)
    page = await printTranscript(ask, printer, { session, offset: page.next_offset, transcript, at });
  // Of a session that nobody saw end, its last words may be half a line.
  printLines(printer, { session, stream: 'stdout', text: transcript.end().join('\n'), at });
  const errors = await outputTail(ask, session.id, { stream: 'stderr', bytesMax: outputTailBytes });
  printLines(printer, { session, stream: 'stderr', text: errors.text, at });
}

function noteNotKept(printer: Printer, { name, host }: Session): void {
  printer.note(paint('gray', `The output of ${name} is not kept, or is on ${host} and was not stored yet.`));
}
