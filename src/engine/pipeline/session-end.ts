// How a session ended according to its row, and what is recorded for a session whose machine is gone.
import type { SessionEnd } from '../../domain/session.ts';
import { readOutput } from '../../sessions/read-output.ts';
import type { Query } from '../../store/database.ts';
import { markUnreachable, type SessionRow } from '../../store/work/session-rows.ts';
import { recordEvent } from '../../store/work/work-orders.ts';
import { fenced, type Work } from '../run/work.ts';

export function endOf(row: SessionRow): SessionEnd {
  return {
    exitCode: row.exitCode,
    signal: row.signal,
    reason: row.endReason as SessionEnd['reason'],
    startedAt: row.startedAt ?? row.createdAt,
    endedAt: row.endedAt ?? row.createdAt,
  };
}

const outputTailBytes = 64 * 1024;

/** The end of what it printed on both streams. */
export async function outputOf({ directory }: SessionRow): Promise<string> {
  const { stdout, stderr } = await readOutput(directory, outputTailBytes);
  return [stdout.text, stderr.text].filter(Boolean).join('\n');
}

/** For a session on another machine: this run has lost it, regardless of its result; its row keeps the known facts. */
export async function leaveBehind(
  work: Work,
  session: SessionRow,
  onEnd?: (query: Query, end: SessionEnd, row: SessionRow) => Promise<void>,
): Promise<{ session: SessionRow; end: SessionEnd }> {
  const end = leftBehindEnd(session);
  if (session.unreachableSince !== null) return { session, end };
  await fenced(work, async (query) => {
    await markUnreachable(query, session.id, work.clock.now());
    await recordEvent(query, {
      workOrderId: work.order.id,
      kind: 'session.left_behind',
      actor: session.name,
      reason: `on ${session.host}, where no Moose process continues it`,
      detail: { sessionId: session.id, host: session.host },
    });
    await onEnd?.(query, end, session);
  });
  return { session, end };
}

/** The end of a session that nobody watched, and about which nothing is known. */
export function leftBehindEnd(row: SessionRow): SessionEnd {
  return { ...endOf(row), exitCode: null, signal: null, reason: 'left_behind', endedAt: new Date() };
}
