import type { Command } from 'commander';
import { createRedactingStream } from '../../domain/secrets/redacting-stream.ts';
import { describeEvent, type EventRow } from '../../engine/monitor/describe-event.ts';
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
    .description('what happened, line by line, and what its agents and checks printed')
    .option('-f, --follow', 'go on until it is settled')
    .action(async (id: string, options: { follow?: boolean }, command: Command) =>
      withMoose(context, command, async ({ moose }, face) => {
        const order = await moose.find(id);
        const following = new Set<Promise<void>>();
        const onEvent = (event: EventRow) => {
          printEvent(face, event);
          if (event.kind === 'session.started')
            following.add(printOutput(face, moose, order, event, options.follow ? context.signal : null));
        };
        if (options.follow) {
          await moose.follow(order, { signal: context.signal, onEvent });
          await Promise.all(following);
          return;
        }
        for (const event of await moose.events(order)) onEvent(event);
        await Promise.all(following);
        if (!(await moose.isSettled(order)))
          face.note(paint('gray', 'It goes on: moose logs -f follows it.'));
      }),
    );
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
    () => `${paint('gray', at.slice(11, 23))} ${describeEvent(event)}`,
  );
}

async function printOutput(
  face: Face,
  moose: OpenMoose['moose'],
  order: WorkOrder,
  event: EventRow,
  signal: AbortSignal | null,
): Promise<void> {
  const session = (await moose.sessions(order)).find(({ id }) => id === event.detail.sessionId);
  if (!session) return;
  const line = (stream: string, text: string) => {
    for (const one of text.split('\n').filter(Boolean)) {
      face.stream(
        { at: new Date().toISOString(), kind: 'output', session: session.id, stream, text: one },
        () => `${paint('gray', `${session.name} │`)} ${one}`,
      );
    }
  };
  if (signal === null) {
    const { stdout, stderr } = await readOutput(session.directory, outputTailBytes);
    line('stdout', stdout.text);
    line('stderr', stderr.text);
    return;
  }
  const streams = { stdout: createRedactingStream(), stderr: createRedactingStream() };
  for await (const { stream, text } of followOutput(session.directory, { signal }))
    line(stream, streams[stream].take(text));
  for (const stream of ['stdout', 'stderr'] as const) line(stream, streams[stream].rest());
}
