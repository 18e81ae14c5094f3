// Prints what happens to a work order: its events, and the lines that its agents and checks print.
import { createRedactingStream } from '../domain/secrets/redacting-stream.ts';
import { describeEvent, type EventRow } from '../engine/views/describe-event.ts';
import { followOutput } from '../sessions/follow-output.ts';
import type { OpenMoose } from './context.ts';
import { type Face, paint } from './face.ts';

export type WorkOrder = Awaited<ReturnType<OpenMoose['moose']['find']>>;

/**
 * Prints until the work order is settled. Omits events up to `afterId`, except the processes that they started and that
 * still run.
 */
export async function followWork(
  moose: OpenMoose['moose'],
  face: Face,
  order: WorkOrder,
  { signal, afterId }: { signal: AbortSignal; afterId?: bigint },
): Promise<void> {
  const following: Promise<void>[] = [];
  if (afterId !== undefined)
    for (const session of await moose.sessions(order))
      if (session.endedAt === null)
        following.push(followSession(moose, face, { order, id: session.id, signal }));
  const onEvent = (event: EventRow) => {
    printEvent(face, event);
    if (event.kind === 'session.started')
      following.push(followSession(moose, face, { order, id: event.detail.sessionId, signal }));
  };
  await moose.follow(order, { signal, onEvent, ...(afterId === undefined ? {} : { afterId }) });
  await Promise.all(following);
}

export function printEvent(face: Face, event: EventRow): void {
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
  { order, id, signal }: { order: WorkOrder; id: unknown; signal: AbortSignal },
): Promise<void> {
  const session = (await moose.sessions(order)).find((one) => one.id === id);
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
  /** When the text was read, or when the process ended. */
  at: Date;
}

export function printLines(face: Face, { session, stream, text, at }: Printed): void {
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
