// 'Why does this not move?' in one line: waiting for what, since when, until when, and what would unblock it (R-PIPE-13). Pure.
import { shortId } from '../../domain/ids.ts';
import { asSentence } from '../../domain/sentence.ts';
import { assertNever } from '../../stdx/assert-never.ts';
import type { Run } from '../../store/runs.ts';
import type { SessionRow } from '../../store/session-rows.ts';
import type { WorkOrder } from '../../store/work-orders.ts';

export interface ExplainFacts {
  order: WorkOrder;
  run: Run | undefined;
  /** The process that runs for it now. */
  session: SessionRow | undefined;
  /** How many Moose processes are up on this database. */
  liveExecutors: number;
  now: Date;
}

export function explain(facts: ExplainFacts): string {
  const { order, now } = facts;
  const id = shortId(order.id);
  switch (order.status) {
    case 'pending':
      return facts.liveExecutors === 0
        ? `Waiting since ${ago(order.createdAt, now)} for a Moose to take it up, and none is running: start \`moose up\`.`
        : `Waiting since ${ago(order.createdAt, now)} in the queue; it starts as soon as a place is free.`;
    case 'in_progress':
      return atWork(facts);
    case 'needs_review':
      return facts.run?.kind === 'undo' && facts.run.state === 'running'
        ? undoing(facts)
        : `Waiting for you since ${ago(order.updatedAt, now)}: ${asSentence(order.failure?.message ?? 'it needs review')} ${order.failure?.advice ?? `\`moose retry ${id}\` or \`moose undo ${id}\`.`}`;
    case 'completed':
      return facts.run?.kind === 'undo' && facts.run.state === 'running'
        ? undoing(facts)
        : order.failure
          ? `Completed, and not undone: ${asSentence(order.failure.message)} ${order.failure.advice}`
          : `Completed ${ago(order.finishedAt ?? order.updatedAt, now)} ago: look with \`moose diff ${id}\`, take it with \`moose merge ${id}\`.`;
    case 'failed':
      return `Failed ${ago(order.finishedAt ?? order.updatedAt, now)} ago, and nothing is left of it: ${asSentence(order.failure?.message ?? '')} ${order.failure?.advice ?? `\`moose retry ${id}\`.`}`;
    case 'cancelled':
      return facts.run?.kind === 'undo' && facts.run.state === 'running'
        ? undoing(facts)
        : `Cancelled ${ago(order.finishedAt ?? order.updatedAt, now)} ago; nothing happens any more.`;
    default:
      return assertNever(order.status);
  }
}

function undoing({ liveExecutors }: ExplainFacts): string {
  return liveExecutors === 0 ? 'To be undone, and no Moose is running: start `moose up`.' : 'Being undone.';
}

function atWork({ order, run, session, liveExecutors, now }: ExplainFacts): string {
  const { step } = order;
  if (liveExecutors === 0) {
    return `Stopped at ${step} because no Moose is running: start \`moose up\`, and it goes on from there.`;
  }
  if (order.cancelRequestedAt)
    return `Being stopped since ${ago(order.cancelRequestedAt, now)}, as you asked.`;
  if (order.stepState === 'retrying' && run?.wakeAt) {
    return `Waiting until ${clock(run.wakeAt)} to try ${step} again: ${run.waitingFor ?? ''}`.trim();
  }
  if (session) {
    const what = session.purpose === 'agent' ? `the agent ${session.name}` : `the check ${session.name}`;
    const since = ago(session.startedAt ?? session.createdAt, now);
    return `At ${step}: ${what} has been running for ${since}; its time ends ${limitOf(order, session)}.`;
  }
  if (run && run.executor === null)
    return `Waiting since ${ago(order.updatedAt, now)} in the queue, to go on at ${step}.`;
  return `At ${step} since ${ago(order.updatedAt, now)}.`;
}

function limitOf(order: WorkOrder, session: SessionRow): string {
  const startedAt = session.startedAt ?? session.createdAt;
  return session.purpose === 'agent'
    ? `at ${clock(new Date(startedAt.getTime() + order.timeLimitMs))}`
    : 'by the limit for checks';
}

function clock(at: Date): string {
  return `${at.toISOString().slice(11, 19)} UTC`;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

function ago(at: Date, now: Date): string {
  const ms = Math.max(0, now.getTime() - at.getTime());
  if (ms < minuteMs) return `${Math.round(ms / 1_000)} s`;
  if (ms < hourMs) return `${Math.round(ms / minuteMs)} min`;
  if (ms < 2 * dayMs) return `${Math.round(ms / hourMs)} h`;
  return `${Math.round(ms / dayMs)} days`;
}
