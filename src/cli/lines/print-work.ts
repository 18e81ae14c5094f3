// Prints what happens to a work order: its events, and the lines that its agents and checks print.

import type { Output, Session, TranscriptPage, WorkOrderEvent } from '../../contract/contract.ts';
import type { Ask } from '../../contract/operations/ask.ts';
import {
  listWorkOrderSessions,
  readSessionOutput,
  readSessionTranscript,
} from '../../contract/operations/work-orders.ts';
import { sleep } from '../../stdx/async/sleep.ts';
import { followEvents, type NamedOrder } from '../remote/follow-events.ts';
import { type Printer, paint } from '../terminal/printer.ts';
import { TranscriptLines } from './transcript-lines.ts';

const streams = ['stdout', 'stderr'] as const;
/** How often new output is requested. */
const lookEveryMs = 300;

/**
 * Prints until the work order is settled. Omits events up to `afterId`, except the processes that they started and that
 * still run.
 */
export async function followWork(
  ask: Ask,
  printer: Printer,
  order: NamedOrder,
  { signal, afterId }: { signal: AbortSignal; afterId?: string },
): Promise<void> {
  const following: Promise<void>[] = [];
  const alsoFollow = (id: unknown) => {
    const over = followSession(ask, printer, { order, id, signal, settled: settled.signal });
    // If the events end first, as by Ctrl-C, nobody waits for it.
    over.catch(() => undefined);
    following.push(over);
  };
  const settled = new AbortController();
  if (afterId !== undefined)
    for (const session of (await ask(listWorkOrderSessions, { params: { id: order.id } })).items)
      if (session.ended_at === null) alsoFollow(session.id);
  const onEvent = (event: WorkOrderEvent) => {
    printEvent(printer, event);
    if (event.kind === 'session.started') alsoFollow(event.detail.sessionId);
  };
  await followEvents(ask, order, { signal, onEvent, afterId });
  settled.abort();
  await Promise.all(following);
}

export function printEvent(printer: Printer, event: WorkOrderEvent): void {
  printer.stream(event, () => `${timeOf(event.at)} ${event.what}`);
}

/** Prints the output until the session or the work order ends, since nobody may be left to record a session's end. */
async function followSession(
  ask: Ask,
  printer: Printer,
  {
    order,
    id,
    signal,
    settled,
  }: { order: NamedOrder; id: unknown; signal: AbortSignal; settled: AbortSignal },
): Promise<void> {
  const { items } = await ask(listWorkOrderSessions, { params: { id: order.id } });
  const session = items.find((one) => one.id === id);
  if (!session) return;
  const open = new Map(streams.map((stream) => [stream, 0]));
  const transcript = isReadable(session, printer) ? new TranscriptLines() : null;
  while (open.size > 0) {
    const isLast = settled.aborted;
    for (const [stream, offset] of open) {
      const part =
        stream === 'stdout' && transcript
          ? await printTranscript(ask, printer, { session, offset, transcript, at: null })
          : await printOutput(ask, printer, { session, stream, offset });
      const isMore = part.next_offset > offset && part.next_offset < part.size;
      if (part.is_over || (isLast && !isMore)) open.delete(stream);
      else open.set(stream, part.next_offset);
    }
    if (open.size > 0 && !isLast)
      await sleep(lookEveryMs, AbortSignal.any([signal, settled])).catch(() => undefined);
    signal.throwIfAborted();
  }
  const text = transcript?.end().join('\n') ?? '';
  printLines(printer, { session, stream: 'stdout', text, at: new Date().toISOString() });
}

async function printOutput(
  ask: Ask,
  printer: Printer,
  { session, stream, offset }: Pick<Printed, 'session' | 'stream'> & { offset: number },
): Promise<Output> {
  const part = await ask(readSessionOutput, { params: { id: session.id }, query: { stream, offset } });
  printLines(printer, { session, stream, text: part.text, at: new Date().toISOString() });
  return part;
}

/** What an agent does is printed as its turns, for a person; a program gets its output as it is. */
export function isReadable({ purpose }: Pick<Session, 'purpose'>, { isJson }: Printer): boolean {
  return purpose === 'agent' && !isJson;
}

/** Prints about a megabyte of the output, as turns. */
export async function printTranscript(
  ask: Ask,
  printer: Printer,
  {
    session,
    offset,
    transcript,
    at,
  }: { session: Printed['session']; offset: number; transcript: TranscriptLines; at: string | null },
): Promise<TranscriptPage> {
  const page = await ask(readSessionTranscript, { params: { id: session.id }, query: { offset } });
  const lines = page.parts.flatMap((part) => transcript.add(part));
  if (page.is_over) lines.push(...transcript.end());
  const text = lines.join('\n');
  printLines(printer, { session, stream: 'stdout', text, at: at ?? new Date().toISOString() });
  return page;
}

/** The end of what a session printed, up to `bytesMax`. */
export async function outputTail(
  ask: Ask,
  id: string,
  { stream, bytesMax }: { stream: 'stdout' | 'stderr'; bytesMax: number },
): Promise<{ text: string; isKept: boolean }> {
  const first = await ask(readSessionOutput, { params: { id }, query: { stream, offset: 0 } });
  const start = Math.max(0, first.size - bytesMax);
  let part =
    start === 0 ? first : await ask(readSessionOutput, { params: { id }, query: { stream, offset: start } });
  let { text } = part;
  while (!part.is_over && part.next_offset > part.offset) {
    part = await ask(readSessionOutput, { params: { id }, query: { stream, offset: part.next_offset } });
    text += part.text;
  }
  return { text, isKept: first.is_here || first.size > 0 };
}

interface Printed {
  session: { id: string; name: string };
  stream: 'stdout' | 'stderr';
  text: string;
  /** When the text was read, or when the process ended. */
  at: string;
}

export function printLines(printer: Printer, { session, stream, text, at }: Printed): void {
  for (const line of text.split('\n').filter(Boolean)) {
    printer.stream(
      { at, kind: 'output', session: session.id, stream, text: line },
      () => `${timeOf(at)} ${paint('gray', `${session.name} │`)} ${line}`,
    );
  }
}

function timeOf(at: string): string {
  return paint('gray', at.slice(11, 23));
}
