import { spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import type { Session } from '../../../contract/contract.ts';
import type { Ask } from '../../../contract/operations/ask.ts';
import { sendMessage } from '../../../contract/operations/steering.ts';
import { listWorkOrderSessions } from '../../../contract/operations/work-orders.ts';
import type { ConfigurationError, PermanentError } from '../../../domain/failure.ts';
import { shortId } from '../../../domain/ids.ts';
import { viewerCommand } from '../../../sessions/viewer.ts';
import type { CliContext } from '../../context.ts';
import { cliFailures } from '../../failure-catalogue.ts';
import { flagsOf, withMoose } from '../../input/flags.ts';
import { followWork } from '../../lines/print-work.ts';
import { viewLines } from '../../lines/view-lines.ts';
import { type NamedOrder, newestEvent } from '../../remote/follow-events.ts';
import { viewOf } from '../../remote/view-of.ts';
import { type Printer, paint } from '../../terminal/printer.ts';
import { readingLine } from './send.ts';

export function addAttach(program: Command, context: CliContext): void {
  program
    .command('attach <id>')
    .description(
      'watch a running work order, with the output of its agents and checks; each line that you type is sent to it as a message; Ctrl-C leaves it running',
    )
    .option(
      '--tmux',
      'open the tmux session that shows what its agent prints, on the machine where the agent runs',
    )
    .action(async (id: string, { tmux }: { tmux?: true }, command: Command) =>
      withMoose(context, command, async ({ ask }, printer) => {
        const order = await viewOf(ask, id);
        if (tmux) {
          const { items } = await ask(listWorkOrderSessions, { params: { id: order.id } });
          return openViewer(context, command, items);
        }
        const { newest_id: afterId } = await newestEvent(ask, order);
        if (!printer.isJson) for (const line of viewLines(await viewOf(ask, id))) printer.note(line);
        const isSending = process.stdin.isTTY && !printer.isJson;
        if (isSending)
          printer.note(paint('gray', 'Type a message and press Enter to send it. Ctrl-C leaves it running.'));
        const typing = isSending ? sendLines(ask, printer, order, context.signal) : undefined;
        try {
          await followWork(ask, printer, order, { signal: context.signal, afterId });
        } finally {
          typing?.close();
        }
      }),
    );
}

async function openViewer(
  context: CliContext,
  command: Command,
  sessions: readonly Session[],
): Promise<void> {
  const { settings } = await context.init(flagsOf(command));
  if (!process.stdin.isTTY || !process.stdout.isTTY) throw noTerminal();
  const [tmux, ...words] = viewerOf(sessions, settings);
  const { status } = spawnSync(tmux, words, { stdio: 'inherit' });
  if (status !== 0) throw missing();
}

/**
 * The command that opens the viewer of the newest running agent.
 * @throws PermanentError VIEWER_MISSING, ConfigurationError VIEWER_ELSEWHERE
 */
export function viewerOf(
  sessions: ReadonlyArray<Pick<Session, 'host' | 'ended_at' | 'viewer'>>,
  { dataDirectory, host }: { dataDirectory: string; host: string },
): [string, ...string[]] {
  const session = sessions.findLast(({ ended_at, viewer }) => ended_at === null && viewer !== null);
  const command = viewerCommand(dataDirectory);
  if (!session?.viewer) throw missing();
  if (session.host !== host) throw elsewhere(session.host);
  if (command === null) throw missing();
  return [...command, 'attach-session', '-r', '-t', `=${session.viewer}`];
}

const fields = { operation: 'attach' };

function noTerminal(): ConfigurationError {
  return cliFailures.VIEWER_NEEDS_TERMINAL(fields);
}

function missing(): PermanentError {
  return cliFailures.VIEWER_MISSING(fields);
}

function elsewhere(host: string): ConfigurationError {
  return cliFailures.VIEWER_ELSEWHERE(fields, { host });
}

function sendLines(ask: Ask, printer: Printer, order: NamedOrder, signal: AbortSignal) {
  const lines = createInterface({ input: process.stdin, signal });
  lines.on('line', (text) => {
    if (text.trim() === '') return;
    void ask(sendMessage, { params: { id: order.id }, body: { text } }).then(
      ({ read_in }) => printer.note(paint('gray', readingLine(shortId(order.id), read_in))),
      (cause: unknown) => printer.note(cause instanceof Error ? cause.message : String(cause)),
    );
  });
  return lines;
}
