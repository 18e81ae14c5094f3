import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { createRedactingStream } from '../../domain/secrets/redacting-stream.ts';
import { describeEvent, type EventRow } from '../../engine/views/describe-event.ts';
import { followOutput } from '../../sessions/follow-output.ts';
import { readOutput } from '../../sessions/read-output.ts';
import type { CliContext, OpenMoose } from '../context.ts';
import { type Face, paint } from '../face.ts';
import { withMoose } from '../flags.ts';

type WorkOrder = Awaited<ReturnType<OpenMoose['moose']['find']>>;
const outputTailBytes = 256 * 1024;

export function addLogs(program: Command, context: CliContext): void {
  program
    .command('logs <id>')
    .description('show what happened to a work order, and what its agents and checks printed')
    .option('-f, --follow', 'follow until it is settled')
    .action(async (id: string, options: { follow?: boolean }, command: Command) =>
      withMoose(context, command, async ({ moose }, face) => {
        const order = await moose.find(id);
        if (options.follow) return follow(moose, face, order, context.signal);
        await printAll(moose, face, order);
        if (!(await moose.isSettled(order)))
          face.note(paint('gray', 'Not settled yet: follow it with moose logs -f.'));
      }),
    );
}

async function follow(
  moose: OpenMoose['moose'],
  face: Face,
  order: WorkOrder,
  signal: AbortSignal,
): Promise<void> {
  const following: Promise<void>[] = [];
  const onEvent = (event: EventRow) => {
    printEvent(face, event);
    if (event.kind === 'session.started')
      following.push(followSession(moose, face, { order, event, signal }));
  };
  await moose.follow(order, { signal, onEvent });
  await Promise.all(following);
}

/** The output of a process is printed at its end: its lines have no timestamps. */
async function printAll(moose: OpenMoose['moose'], face: Face, order: WorkOrder): Promise<void> {
  const sessions = new Map((await moose.sessions(order)).map((session) => [String(session.id), session]));
  const printed = new Set<string>();
  const print = async (id: string, at: Date) => {
    const session = sessions.get(id);
    if (session === undefined || printed.has(id)) return;
    printed.add(id);
    if (!existsSync(session.directory))
      return face.note(
        paint('gray', `The output of ${session.name} is not on this machine, or was deleted.`),
      );
    const { stdout, stderr } = await readOutput(session.directory, outputTailBytes);
    printLines(face, { session, stream: 'stdout', text: stdout.text, at });
    printLines(face, { session, stream: 'stderr', text: stderr.text, at });
  };
  const begun = new Set<string>();
  for (const event of await moose.events(order)) {
    const id = String(event.detail.sessionId);
    if (event.kind === 'session.ended') await print(id, event.at);
    if (event.kind === 'session.started') begun.add(id);
    printEvent(face, event);
  }
  for (const id of begun) await print(id, sessions.get(id)?.endedAt ?? new Date());
}

function printEvent(face: Face, event: EventRow): void {
  const at = event.at.toISOString();
  face.stream(
    {
      at,
      kind: event.kind,
      actor: event.actor,
      reason: event.reason,
      from: event.fromState,
      to: event.toState,
      detail: event.detail,
    },
    () => `${timeOf(event.at)} ${describeEvent(event)}`,
  );
}

async function followSession(
  moose: OpenMoose['moose'],
  face: Face,
  { order, event, signal }: { order: WorkOrder; event: EventRow; signal: AbortSignal },
): Promise<void> {
  const session = (await moose.sessions(order)).find(({ id }) => id === event.detail.sessionId);
  if (!session) return;
  const streams = { stdout: createRedactingStream(), stderr: createRedactingStream() };
  const print = (stream: 'stdout' | 'stderr', text: string) =>
    printLines(face, { session, stream, text, at: new Date() });
  for await (const { stream, text } of followOutput(session.directory, { signal }))
    print(stream, streams[stream].take(text));
  for (const stream of ['stdout', 'stderr'] as const) print(stream, streams[stream].rest());
}

interface Printed {
  session: { id: string; name: string };
  stream: 'stdout' | 'stderr';
  text: string;
  /** When it was read, or when the process had ended. */
  at: Date;
}

function printLines(face: Face, { session, stream, text, at }: Printed): void {
  for (const line of text.split('\n').filter(Boolean)) {
    face.stream(
      { at: at.toISOString(), kind: 'output', session: session.id, stream, text: line },
      () => `${timeOf(at)} ${paint('gray', `${session.name} │`)} ${line}`,
    );
  }
}

function timeOf(at: Date): string {
  return paint('gray', at.toISOString().slice(11, 23));
}
