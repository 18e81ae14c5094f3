// 'Why does this not move?' in one line: waiting for what, since when, until when, and what would unblock it (R-PIPE-13). Pure.
import { shortId } from '../../domain/ids.ts';
import { personOf } from '../../domain/person.ts';
import { asSentence } from '../../domain/sentence.ts';
import { assertNever } from '../../stdx/assert-never.ts';
import type { Run } from '../../store/work/runs.ts';
import type { SessionRow } from '../../store/work/session-rows.ts';
import type { WorkOrder } from '../../store/work/work-orders.ts';
import { isInConflict } from '../commands/in-conflict.ts';

export interface ExplainFacts {
  order: WorkOrder;
  run: Run | undefined;
  /** The process that runs for it now. */
  session: SessionRow | undefined;
  /** The branch that its pull request was merged into; null where it is not merged. */
  mergedInto: string | null;
  /** How many Moose processes are up on this database. */
  liveExecutors: number;
  /** Of one that waits in the queue: how many wait since before it, counted up to `aheadMax`, and how many are worked on. */
  queue?: { ahead: number; aheadMax: number; underWay: number } | undefined;
  /** Where nobody has heard of the process that carries it. */
  silence?: Silence | undefined;
  now: Date;
}

export interface Silence {
  host: string;
  heardAt: Date;
  /** Null where no other Moose is there. */
  takenOverBy: Date | null;
}

export function explain(facts: ExplainFacts): string {
  // Messages of programs have lines; an answer in one line has none.
  return sentencesOf(facts).replace(/\s+/g, ' ').trim();
}

function sentencesOf(facts: ExplainFacts): string {
  const { order, run, now } = facts;
  const id = shortId(order.id);
  if (run?.kind === 'undo' && run.state === 'running') return undoing(facts, run);
  const byPerson = waitsForPerson(facts);
  if (byPerson !== null) return byPerson;
  const ended = ago(order.finishedAt ?? order.updatedAt, now);
  switch (order.status) {
    case 'pending':
      return pending(facts);
    case 'in_progress':
      return atWork(facts);
    case 'needs_review':
      return `Waiting for you since ${ago(order.parkedAt ?? order.updatedAt, now)}: ${failureOf(order, 'It needs review.')}`;
    case 'completed':
      if (facts.mergedInto !== null && !order.failure)
        return `Completed ${ended} ago, and merged into ${facts.mergedInto}.`;
      return order.failure
        ? `Completed ${ended} ago, and not ${isInConflict(order) ? 'merged' : 'undone'}: ${failureOf(order, '')}`
        : `Completed ${ended} ago${order.notVerifiedBecause ? `, not verified (${order.notVerifiedBecause})` : ''}: look with \`moose diff ${id}\`, take it with \`moose merge ${id}\`.`;
    case 'failed':
      return `Failed ${ended} ago, and nothing is left of it: ${failureOf(order, 'Nobody knows why.')}`;
    case 'cancelled':
      return `Cancelled ${ended} ago; nothing happens any more. What is left of it, \`moose undo ${id} --plan\` shows.`;
    default:
      return assertNever(order.status);
  }
}

/** What a person keeps back, or has not let go yet; null where that is not what it waits for. */
function waitsForPerson({ order, run, session, liveExecutors, now }: ExplainFacts): string | null {
  const { status, heldBy, heldAt, step } = order;
  const id = shortId(order.id);
  if (status === 'pending' && order.needsApproval && order.approvedAt === null)
    return `Waiting for your approval since ${ago(order.createdAt, now)}: nothing begins before \`moose approve ${id}\`; \`moose cancel ${id}\` gives it up.`;
  const isOpen = status === 'pending' || status === 'in_progress';
  if (!isOpen || heldBy === null || heldAt === null || order.cancelRequestedAt !== null) return null;
  const since = `Paused by ${personOf(heldBy)} since ${ago(heldAt, now)}`;
  const resume = `\`moose resume ${id}\` lets it go on`;
  const carried = liveExecutors === 0 ? ' once a Moose runs (`moose up`)' : '';
  if (status === 'pending') return `${since}: it does not begin before that ends; ${resume}${carried}.`;
  if (session)
    return `${since}: the ${session.purpose} ${session.name} is let finish, and nothing begins after it; ${resume}.`;
  if (run && run.executor !== null && run.wakeAt === null)
    return `${since}: ${step ?? 'its first step'} is let finish, and nothing begins after it; ${resume}.`;
  return `${since}, at ${step ?? 'its beginning'}: it holds no place; ${resume} from there${carried}.`;
}

function failureOf({ id, failure }: WorkOrder, otherwise: string): string {
  const what = asSentence(failure?.message ?? '') || otherwise;
  const short = shortId(id);
  return `${what} ${failure?.advice || `\`moose retry ${short}\` or \`moose undo ${short}\`.`}`;
}

function pending(facts: ExplainFacts): string {
  const { order, run, liveExecutors, now } = facts;
  const since = ago(order.createdAt, now);
  if (liveExecutors > 0 && run?.declinedSince) return waitsForMachine(run, run.declinedSince, '', now);
  return liveExecutors === 0
    ? `Waiting since ${since} for a Moose to take it up, and none is running: start \`moose up\`.`
    : `Waiting since ${since} in the queue${behind(facts)}; it starts by itself as soon as a place is free.`;
}

function behind({ queue }: ExplainFacts): string {
  if (queue === undefined) return '';
  const { ahead, aheadMax, underWay } = queue;
  const others =
    ahead === 0
      ? 'as the next one'
      : `behind ${ahead > aheadMax ? `more than ${aheadMax}` : ahead} other${ahead === 1 ? '' : 's'}`;
  return ` ${others}, while ${underWay} ${underWay === 1 ? 'is' : 'are'} worked on`;
}

function waitsForMachine(run: Run, declinedSince: Date, where: string, now: Date): string {
  const because = asSentence(run.waitingFor ?? '');
  return `Waiting${where} for ${ago(declinedSince, now)} for a machine that has its repository: ${because} It goes on by itself when a \`moose worker\` runs on one.`;
}

function undoing({ liveExecutors, silence, now }: ExplainFacts, run: Run): string {
  const since = ago(run.createdAt, now);
  if (silence) return `Being undone since ${since}${unheard(silence, now)}`;
  if (liveExecutors > 0 && run.declinedSince)
    return waitsForMachine(run, run.declinedSince, ' to be undone', now);
  return liveExecutors === 0
    ? `To be undone since ${since}, and no Moose is running: start \`moose up\`.`
    : `Being undone since ${since}; it ends by itself.`;
}

function atWork(facts: ExplainFacts): string {
  const { order, run, session, liveExecutors, now } = facts;
  const step = order.step ?? 'its beginning';
  const id = shortId(order.id);
  const since = ago(order.updatedAt, now);
  if (facts.silence) return `At ${step} since ${since}${unheard(facts.silence, now)}`;
  if (liveExecutors === 0)
    return `Stopped at ${step} since ${since} because no Moose is running: start \`moose up\`, and it goes on from there.`;
  if (order.cancelRequestedAt)
    return `Being stopped since ${ago(order.cancelRequestedAt, now)}, as you asked; it ends by itself.`;
  if (run?.declinedSince) return waitsForMachine(run, run.declinedSince, ` at ${step}`, now);
  if (run?.pausedBy && run.pausedAt) return paused(facts, step, run.pausedBy, run.pausedAt);
  if (order.stepState === 'retrying' && run?.wakeAt) return retrying(facts, step, run.wakeAt);
  if (session) return inSession(facts, step, session);
  if (run?.waitingFor && order.stepState === 'running')
    return `Waiting at ${step} since ${since}: ${asSentence(run.waitingFor)} It goes on by itself.`;
  if (run && run.executor === null)
    return `Waiting since ${since} in the queue${behind(facts)}, to go on at ${step} by itself as soon as a place is free.`;
  return `At ${step} since ${since}; it goes on by itself, and \`moose logs ${id} -f\` shows how.`;
}

/** What that process has under way, and until when, nobody can say. */
function unheard({ host, heardAt, takenOverBy }: Silence, now: Date): string {
  const last = `, and nobody looks after it: the process on ${host} that carries it was last heard of at ${clock(heardAt, now)}`;
  if (takenOverBy === null)
    return `${last}, and no other Moose is there to take it over: start one with \`moose up\`, or let that one go on.`;
  return takenOverBy > now
    ? `${last}. It goes on by itself: another Moose takes it over by ${clock(takenOverBy, now)}.`
    : `${last}. It goes on by itself: another Moose is about to take it over.`;
}

function paused({ run, now }: ExplainFacts, step: string, circuit: string, at: Date): string {
  const because = asSentence(run?.waitingFor ?? '');
  const until = run?.wakeAt && run.wakeAt > now ? `, at ${clock(run.wakeAt, now)} at the latest` : '';
  return `Paused at ${step} since ${ago(at, now)}: ${because} It goes on by itself when ${circuit.replace(':', ' ')} works again, or tries it${until}; \`moose circuits ${circuit}\` shows more.`;
}

function retrying({ order, run, now }: ExplainFacts, step: string, wakeAt: Date): string {
  const because = asSentence(run?.waitingFor ?? '') || 'It failed in passing.';
  const since = ago(order.updatedAt, now);
  return wakeAt > now
    ? `Waiting until ${clock(wakeAt, now)} to try ${step} again: ${because} It failed ${since} ago, and goes on by itself.`
    : `About to try ${step} again, by itself, after ${since}: ${because}`;
}

function inSession({ order, now }: ExplainFacts, step: string, session: SessionRow): string {
  const startedAt = session.startedAt ?? session.createdAt;
  const stop = `\`moose cancel ${shortId(order.id)}\` stops it`;
  const since = ago(startedAt, now);
  const what = `At ${step}: the ${session.purpose} ${session.name} has been running for ${since}`;
  const limitMs = session.timeLimitMs ?? (session.purpose === 'agent' ? order.timeLimitMs : null);
  // One that an older Moose has started.
  if (limitMs === null) return `${what}; its time ends by the limit for checks, and ${stop}.`;
  return `${what}; its time ends at ${clock(new Date(startedAt.getTime() + limitMs), now)}, and ${stop}.`;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** With the day where it is not today. */
function clock(at: Date, now: Date): string {
  const text = at.toISOString();
  const isToday = text.slice(0, 10) === now.toISOString().slice(0, 10);
  return `${isToday ? '' : `${text.slice(0, 10)} `}${text.slice(11, 19)} UTC`;
}

function ago(at: Date, now: Date): string {
  const ms = Math.max(0, now.getTime() - at.getTime());
  if (ms < minuteMs) return `${Math.floor(ms / 1_000)} s`;
  if (ms < hourMs) return `${Math.floor(ms / minuteMs)} min`;
  if (ms < 2 * dayMs) return `${Math.floor(ms / hourMs)} h`;
  return `${Math.floor(ms / dayMs)} days`;
}
