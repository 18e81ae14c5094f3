// Answers 'Why does this not move?' in one line: what the work order waits for, since when, until when, and what would
// unblock it (R-PIPE-13). Pure.
import { sentinelActor } from '../../../domain/forge/forge.ts';
import { shortId } from '../../../domain/ids.ts';
import { personOf } from '../../../domain/people/person.ts';
import { asSentence } from '../../../domain/text/sentence.ts';
import { closedUnchanged, commandChangedNothing } from '../../../domain/work-order/work-order.ts';
import { assertNever } from '../../../stdx/assert-never.ts';
import type { OpenCall } from '../../../store/money/open-calls.ts';
import type { GroupBlocker } from '../../../store/work/groups/group-blockers.ts';
import type { PlanWaits } from '../../../store/work/plans/plan-waits.ts';
import type { Run } from '../../../store/work/runs/runs.ts';
import { moneyKey } from '../../../store/work/runs/runs-of.ts';
import type { SessionRow } from '../../../store/work/sessions/session-rows.ts';
import type { ToldGround } from '../../../store/work/work-orders/ground-of.ts';
import type { Proposed } from '../../../store/work/work-orders/ready-to-merge.ts';
import type { WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { groupRules } from '../../commands/decide-group.ts';
import { isInConflict } from '../../commands/merge/in-conflict.ts';
import { leftSomething } from '../../commands/undo-words.ts';
import { explainBlockers } from './explain-group.ts';
import { explainPlan } from './explain-plan.ts';

export interface ExplainFacts {
  order: WorkOrder;
  run: Run | undefined;
  /** The agent or check that now runs for the work order. */
  session: SessionRow | undefined;
  /** Moose's own model call for it that has no answer yet; what an agent calls is part of its session. */
  call?: OpenCall | undefined;
  /** The branch into which its pull request was merged; null if it is not merged. */
  mergedInto: string | null;
  /** Absent: it has no open pull request. */
  proposed?: Proposed | undefined;
  /** What its pull request is stacked on, or follows, and why it is not merged before that; absent: nothing. */
  parentHold?: string | undefined;
  /** What its pull request waits for, according to the last look at the forge. */
  pullRequestWaits?: string | undefined;
  /** What has changed around it since Moose last looked, the newest last; absent: nothing. */
  ground?: readonly ToldGround[] | undefined;
  /** Work orders of its group that it waits for and that do not continue on their own. */
  blockers?: readonly GroupBlocker[] | undefined;
  /** How many Moose processes are running on this database. */
  liveExecutors: number;
  /** For a queued work order: how many are ahead of it, counted up to `aheadMax`, and how many are in progress. */
  queue?: { ahead: number; aheadMax: number; underWay: number } | undefined;
  /** Set if the process that carries it out does not respond. */
  silence?: Silence | undefined;
  /** Set if it has not started because of its plan. */
  planWaits?: PlanWaits | undefined;
  /** Why its model and agent were chosen, if its project has turned learning on. */
  chosen?: string | undefined;
  /** Why the database rejects writes; null or absent if it accepts them, or was not asked. */
  writesRefused?: string | null;
  now: Date;
}

export interface Silence {
  host: string;
  heardAt: Date;
  /** Null if no other Moose process is running. */
  takenOverBy: Date | null;
}

export function explain(facts: ExplainFacts): string {
  // Messages of programs can have several lines, but this answer is a single line.
  return [sentencesOf(facts), ...groundOf(facts)].join(' ').replace(/\s+/g, ' ').trim();
}

/** What was merged, or cancelled, no longer depends on it. */
function groundOf({ order, ground = [], mergedInto }: ExplainFacts): readonly string[] {
  return mergedInto === null && order.status !== 'cancelled' ? ground.map(({ words }) => words) : [];
}

function sentencesOf(facts: ExplainFacts): string {
  const { order, run, now } = facts;
  const id = shortId(order.id);
  if (run?.kind === 'undo' && run.state === 'running') return undoing(facts, run);
  if (facts.writesRefused && (order.status === 'pending' || order.status === 'in_progress'))
    return `At ${order.step ?? 'its first step'}, and the database rejects writes: ${asSentence(facts.writesRefused)} Free space on its disk, or make it writable; the work then continues automatically.`;
  const byPerson = waitsForPerson(facts);
  if (byPerson !== null) return byPerson;
  const ended = ago(order.finishedAt ?? order.updatedAt, now);
  switch (order.status) {
    case 'pending':
      return pending(facts);
    case 'in_progress':
      return [atWork(facts), ...(facts.chosen === undefined ? [] : [facts.chosen])].join(' ');
    case 'needs_review':
      return `Waiting for you for ${ago(order.parkedAt ?? order.updatedAt, now)}: ${failureOf(order, 'It needs review.')}`;
    case 'completed':
      if (facts.mergedInto !== null && !order.failure)
        return `Completed ${ended} ago and merged into ${facts.mergedInto}.${onForge(order)}`;
      return order.failure
        ? `Completed ${ended} ago, but not ${isInConflict(order) ? 'merged' : 'undone'}: ${failureOf(order, '')}`
        : completed(facts, ended);
    case 'failed':
      return `Failed ${ended} ago and left nothing behind: ${failureOf(order, 'The cause is unknown.')}`;
    case 'cancelled':
      return `Cancelled ${ended} ago${becauseOf(order)}. \`moose undo ${id} --plan\` shows what is left of it.`;
    default:
      return assertNever(order.status);
  }
}

/** For those that no person cancelled, and those of which an undo left something. */
function becauseOf({ changedBy, changedBecause }: WorkOrder): string {
  if (changedBy === sentinelActor) return `: ${changedBecause}. Open it again, and the work order continues`;
  const isOfGroup = Object.values(groupRules).some((rule) => rule.cancelledBecause === changedBecause);
  return isOfGroup || leftSomething(changedBecause) ? `: ${changedBecause}` : '';
}

/** What the checks of its pull request said in the end, which is also why it was merged, or was not. */
function onForge({ changedBy, changedBecause }: WorkOrder): string {
  return changedBy === sentinelActor && changedBecause ? ` On the forge: ${asSentence(changedBecause)}` : '';
}

function completed({ order, proposed, parentHold, ground = [] }: ExplainFacts, ended: string): string {
  const { id, notVerifiedBecause } = order;
  const unchanged = [commandChangedNothing, closedUnchanged].find((why) => why === order.changedBecause);
  if (unchanged !== undefined) return `Completed ${ended} ago: ${unchanged}.`;
  const unverified = notVerifiedBecause ? `, not verified (${notVerifiedBecause})` : '';
  const isReady = proposed?.isReady === true && parentHold === undefined;
  const what = `${isReady ? `Ready to merge for ${ended}` : `Completed ${ended} ago`}${unverified}:`;
  const diff = `\`moose diff ${shortId(id)}\``;
  if (ground.some(({ what: changed }) => changed === 'merged by hand'))
    return `${what} see the change with ${diff}.${onForge(order)}`;
  if (isReady)
    return `${what} see the change with ${diff}, merge it with \`moose merge ${shortId(id)}\`.${onForge(order)}`;
  return `${what} see the change with ${diff}. ${[parentHold ?? '', onForge(order).trim()].filter(Boolean).join(' ')}`;
}

/** Set if the work order waits for an approval or was paused by a person; otherwise null. */
function waitsForPerson({ order, run, session, liveExecutors, now }: ExplainFacts): string | null {
  const { status, heldBy, heldAt, step } = order;
  const id = shortId(order.id);
  if (status === 'pending' && order.needsApproval && order.approvedAt === null)
    return `Waiting for your approval for ${ago(order.createdAt, now)}: \`moose approve ${id}\` starts it; \`moose cancel ${id}\` cancels it.`;
  const isOpen = status === 'pending' || status === 'in_progress';
  if (!isOpen || heldBy === null || heldAt === null || order.cancelRequestedAt !== null) return null;
  const since = `Paused by ${personOf(heldBy)} ${ago(heldAt, now)} ago`;
  const resume = `\`moose resume ${id}\` continues it`;
  const carried = liveExecutors === 0 ? ' once Moose is running (`moose up`)' : '';
  if (status === 'pending') return `${since}, before it started; ${resume}${carried}.`;
  if (session)
    return `${since}: the ${session.purpose} ${session.name} still finishes, and nothing starts after it; ${resume}.`;
  if (run && run.executor !== null && run.wakeAt === null)
    return `${since}: ${step ?? 'its first step'} still finishes, and nothing starts after it; ${resume}.`;
  return `${since}, at ${step ?? 'its first step'}: it holds no slot; ${resume} from there${carried}.`;
}

function failureOf({ id, failure }: WorkOrder, otherwise: string): string {
  const what = asSentence(failure?.message ?? '') || otherwise;
  const short = shortId(id);
  return `${what} ${failure?.advice || `\`moose retry ${short}\` or \`moose undo ${short}\`.`}`;
}

function pending(facts: ExplainFacts): string {
  const { order, run, liveExecutors, now } = facts;
  const since = ago(order.createdAt, now);
  if (facts.planWaits) return explainPlan(facts.planWaits, since);
  if (liveExecutors > 0 && run?.declinedSince) return waitsForMachine(run, run.declinedSince, '', now);
  return liveExecutors === 0
    ? `Waiting for ${since}: no Moose process is running; start one with \`moose up\`.`
    : `Waiting in the queue for ${since}${behind(facts)}; it starts automatically when a slot is free.`;
}

function behind({ queue }: ExplainFacts): string {
  if (queue === undefined) return '';
  const { ahead, aheadMax, underWay } = queue;
  const others =
    ahead === 0
      ? ', next in line'
      : ` behind ${ahead > aheadMax ? `more than ${aheadMax}` : ahead} other${ahead === 1 ? '' : 's'}`;
  return `${others}, with ${underWay} in progress`;
}

function waitsForMachine(run: Run, declinedSince: Date, where: string, now: Date): string {
  const because = asSentence(run.waitingFor ?? '');
  return `Waiting${where} for ${ago(declinedSince, now)} for a machine that can do it: ${because} It continues when a \`moose worker\` runs on one.`;
}

function undoing({ liveExecutors, silence, now }: ExplainFacts, run: Run): string {
  const since = ago(run.createdAt, now);
  if (silence) return `Undo requested ${since} ago${unheard(silence, now)}`;
  if (liveExecutors > 0 && run.declinedSince)
    return waitsForMachine(run, run.declinedSince, ' to be undone', now);
  return liveExecutors === 0
    ? `Undo requested ${since} ago, but no Moose process is running: start one with \`moose up\`.`
    : `Undo requested ${since} ago; it finishes automatically.`;
}

function atWork(facts: ExplainFacts): string {
  const { order, run, session, liveExecutors, now } = facts;
  const step = order.step ?? 'its first step';
  const id = shortId(order.id);
  const since = ago(order.updatedAt, now);
  if (facts.silence) return `At ${step} for ${since}${unheard(facts.silence, now)}`;
  if (liveExecutors === 0)
    return `Stopped at ${step} for ${since} because no Moose process is running: start one with \`moose up\`, and it continues from there.`;
  if (order.step === 'awaiting_ci' && run?.state !== 'running') return awaitingCi(facts, since);
  if (order.cancelRequestedAt)
    return `Cancel requested ${ago(order.cancelRequestedAt, now)} ago; it stops automatically.`;
  if (run?.declinedSince) return waitsForMachine(run, run.declinedSince, ` at ${step}`, now);
  if (run?.pausedBy && run.pausedAt) return paused(facts, step, run.pausedBy, run.pausedAt);
  if (order.stepState === 'retrying' && run?.wakeAt) return retrying(facts, step, run.wakeAt);
  if (session) return inSession(facts, step, session);
  if (run?.waitingFor && order.stepState === 'running')
    return `Waiting at ${step} for ${since}: ${asSentence(run.waitingFor)} ${facts.blockers ? explainBlockers(facts.blockers) : 'It continues automatically.'}`;
  if (run && run.executor === null)
    return `Waiting in the queue for ${since}${behind(facts)}; it continues at ${step} automatically when a slot is free.`;
  if (facts.call) return calling(facts, step, facts.call);
  return `At ${step} for ${since}; it continues automatically, and \`moose logs ${id} -f\` shows its progress.`;
}

/** The run has ended: no process, slot or reserved money waits with it. */
function awaitingCi({ order, pullRequestWaits }: ExplainFacts, since: string): string {
  const what = asSentence(pullRequestWaits ?? '') || 'Moose asks the forge for its checks.';
  const where = order.pullRequestUrl === null ? '' : ` at ${order.pullRequestUrl}`;
  return `Waiting for its pull request${where} for ${since}: ${what} It continues automatically.`;
}

/** Nobody knows what a process that does not respond is doing, and until when. */
function unheard({ host, heardAt, takenOverBy }: Silence, now: Date): string {
  const last = `, but the process on ${host} that runs it has not responded since ${clock(heardAt, now)}`;
  if (takenOverBy === null)
    return `${last}, and no other Moose process can take it over: start one with \`moose up\`, or let that one continue.`;
  return takenOverBy > now
    ? `${last}. It continues automatically: another Moose process takes it over by ${clock(takenOverBy, now)}.`
    : `${last}. It continues automatically: another Moose process is about to take it over.`;
}

function paused({ run, now }: ExplainFacts, step: string, circuit: string, at: Date): string {
  const because = asSentence(run?.waitingFor ?? '');
  if (circuit === moneyKey) return `Waiting for money at ${step} for ${ago(at, now)}: ${because}`;
  const until = run?.wakeAt && run.wakeAt > now ? ` by ${clock(run.wakeAt, now)}` : '';
  return `Paused at ${step} for ${ago(at, now)}: ${because} It continues automatically when ${circuit.replace(':', ' ')} works again, or tries it${until}; see \`moose circuits ${circuit}\`.`;
}

function retrying({ order, run, now }: ExplainFacts, step: string, wakeAt: Date): string {
  const because = asSentence(run?.waitingFor ?? '') || 'The failure was temporary.';
  const since = ago(order.updatedAt, now);
  return wakeAt > now
    ? `Waiting until ${clock(wakeAt, now)} to retry ${step}: ${because} It failed ${since} ago and continues automatically.`
    : `About to retry ${step} automatically, ${since} after it failed: ${because}`;
}

function inSession({ order, now }: ExplainFacts, step: string, session: SessionRow): string {
  const startedAt = session.startedAt ?? session.createdAt;
  const stop = `\`moose cancel ${shortId(order.id)}\` stops it`;
  const since = ago(startedAt, now);
  const what = `At ${step}: the ${session.purpose} ${session.name} has been running for ${since}`;
  if (session.purpose === 'service') {
    const state = session.readyAt === null ? 'is not ready yet' : 'is ready';
    return `${what} and ${state}; ${stop}.`;
  }
  const limitMs = session.timeLimitMs ?? (session.purpose === 'agent' ? order.timeLimitMs : null);
  // The process was started by an older version of Moose.
  if (limitMs === null) return `${what}; the time limit for checks applies, and ${stop}.`;
  return `${what}; its time limit ends at ${clock(new Date(startedAt.getTime() + limitMs), now)}, and ${stop}.`;
}

function calling({ order, now }: ExplainFacts, step: string, { model, sentAt }: OpenCall): string {
  return `Waiting at ${step} for an answer of ${model} for ${ago(sentAt, now)}: a call that exceeds its time limit (settings.limits.model_timeout_ms) is aborted, and it continues automatically; \`moose cancel ${shortId(order.id)}\` stops it.`;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Includes the day unless it is today. */
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
