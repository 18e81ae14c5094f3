// How long a work order has been stuck, why, and what would unblock it: derived from its observed progress, never from
// its status (R-PIPE-12, R-PIPE-13). Pure.

import { shortId } from '../../domain/ids.ts';
import { counted } from '../../domain/text/counted.ts';
import { asSentence } from '../../domain/text/sentence.ts';
import { heavySteps } from '../../domain/transitions.ts';
import type { OpenWork, Traffic } from '../../store/work/runs/progress.ts';
import { moneyKey } from '../../store/work/runs/runs-of.ts';

export interface StuckLimits {
  /** A work order without progress for this long is shown as stuck. */
  shownMs: number;
  /** After this long a person is asked, once; a pause for an outage raises no alert before that. */
  escalatedMs: number;
}

export interface PlaceLimits {
  machineSlotsMax: number;
  projectSlotsMax: number;
}

export interface Standstill {
  /** Milliseconds in which the work order could have made progress but did not. */
  idleMs: number;
  /** The newest progress of the work order; null if there was none. */
  lastProgress: { at: Date; what: string } | null;
  /** The start of the count: the newest progress, or the newest start by a person. */
  since: Date;
}

/** Time in which the work order waited for a person, or had ended, does not count. */
export function standstillOf(work: OpenWork, now: Date): Standstill {
  const made = [
    { at: work.factAt, what: `a verified fact: ${work.fact}` },
    {
      at: work.stepAt,
      what: work.runKind === 'undo' ? `${work.finishedStep} undone` : `${work.finishedStep} done`,
    },
    { at: work.seenAt, what: work.seen ?? 'output of its process' },
  ].filter((one): one is { at: Date; what: string } => one.at !== null);
  const lastProgress = made.reduce<{ at: Date; what: string } | null>(
    (newest, one) => (newest && newest.at >= one.at ? newest : one),
    null,
  );
  const since = new Date(
    Math.max(...[lastProgress?.at, work.humanAt, work.createdAt].map((at) => at?.getTime() ?? 0)),
  );
  return { idleMs: Math.max(0, now.getTime() - since.getTime() - work.restedMs), lastProgress, since };
}

/** A pause for an outage is explained elsewhere, and raises no alert before a person is asked anyway. */
export function isStuck(work: OpenWork, { idleMs }: Standstill, limits: StuckLimits): boolean {
  if (work.silentSince !== null) return true;
  return idleMs >= (work.pausedBy ? limits.escalatedMs : limits.shownMs);
}

export interface WhyStuck {
  why: string;
  unblock: string;
}

const byItself = 'It continues automatically';

/** The first match is the reason: causes that stop everything come before causes that stop only this work order. */
export function whyStuck(work: OpenWork, traffic: Traffic, places: PlaceLimits, now: Date): WhyStuck {
  const id = shortId(work.id);
  const again = `\`moose cancel ${id}\`, then submit it again`;
  if (work.silentSince !== null) return unheard(work.silentSince, work.silentHost, traffic);
  if (traffic.liveExecutors === 0)
    return {
      why: 'No Moose process is running.',
      unblock: 'Start one with `moose up`; the work order continues from there.',
    };
  if (isAwaitingCi(work)) return awaitingCi(work, id);
  if (work.pausedBy === moneyKey) {
    return {
      why: `It waits for money: ${asSentence(work.waitingFor ?? '') || 'a limit is used up.'}`,
      unblock: `${byItself} when money is released or the limit turns; \`moose limits\` raises it.`,
    };
  }
  if (work.pausedBy) {
    return {
      why: `It is paused until ${circuitName(work.pausedBy)} works again: ${asSentence(work.waitingFor ?? '') || 'it does not answer.'}`,
      unblock: `${byItself} when that works again; \`moose circuits\` shows the next attempt.`,
    };
  }
  if (work.declinedSince)
    return {
      why: asSentence(work.waitingFor ?? '') || 'No running machine has its repository and its labels.',
      unblock: `${byItself} when a \`moose worker\` runs on a machine that has its repository and its labels.`,
    };
  if (work.status === 'pending' || (work.executor === null && !work.sessionName)) return inQueue(traffic);
  // No process carries out the run until then; the previous one may be gone.
  if (work.wakeAt && work.wakeAt > now) return retrying(work, again, now);
  if (!work.isExecutorAlive) {
    return {
      why: `The process that ran it is dead, and none of the ${traffic.liveExecutors} live ones has taken it over.`,
      unblock: 'Restart Moose: it picks up the work of dead processes at startup.',
    };
  }
  if (work.cancelRequestedAt)
    return {
      why: `Its cancellation was requested ${hours(work.cancelRequestedAt, now)} ago, but its process has not ended.`,
      unblock: `Kill the process by hand (\`moose show ${id}\` names it), or restart Moose.`,
    };
  if (work.sessionName) return inSession(work, again, now);
  if (work.stepState === 'retrying') return retrying(work, again, now);
  if (work.waitingFor)
    return { why: asSentence(work.waitingFor), unblock: `${byItself} as soon as that is over.` };
  return atStep(work, traffic, places, again);
}

/** Its run has ended, so no process and no queue entry shows its progress. */
export function isAwaitingCi({ status, step, runKind }: OpenWork): boolean {
  return status === 'in_progress' && step === 'awaiting_ci' && runKind !== 'undo';
}

function awaitingCi({ pullRequestWaits }: OpenWork, id: string): WhyStuck {
  return {
    why: `It waits for its pull request: ${asSentence(pullRequestWaits ?? '') || 'CI has not finished.'}`,
    unblock: `Look at its checks on the forge (\`moose show ${id}\` has the address), or merge or close the pull request there.`,
  };
}

function unheard(since: Date, host: string | null, { liveExecutors }: Traffic): WhyStuck {
  return {
    why: `The process on ${host} that runs it has not responded since ${since.toISOString().slice(11, 19)} UTC: it is frozen, or its machine or network is down.`,
    unblock:
      liveExecutors > 0
        ? 'Another Moose process takes it over within half a minute.'
        : 'Start a Moose process that can take it over (`moose up`), or let that one continue.',
  };
}

function retrying({ wakeAt, step, waitingFor }: OpenWork, again: string, now: Date): WhyStuck {
  const until = wakeAt && wakeAt > now ? ` until ${wakeAt.toISOString()}` : '';
  return {
    why: `It waits${until} to retry ${step}: ${asSentence(waitingFor ?? '') || 'the failure was temporary.'}`,
    unblock: `${byItself}; to change it, ${again}, perhaps with another model.`,
  };
}

function circuitName(key: string): string {
  return key.replace(/^(\w+):/, 'the $1 ');
}

function inQueue({ runsUnderWay, liveExecutors }: Traffic): WhyStuck {
  const those =
    liveExecutors === 1 ? 'the only Moose process carries' : `${liveExecutors} Moose processes carry`;
  return {
    why: `It waits in the queue behind ${counted(runsUnderWay, 'run')} that ${those}.`,
    unblock:
      'It starts when one of them ends; for more slots start a `moose worker`, or raise MOOSE_RUNS_MAX.',
  };
}

function inSession(work: OpenWork, again: string, now: Date): WhyStuck {
  const { sessionName, sessionPurpose, sessionHost, sessionStartedAt, observedAt } = work;
  const what = `The ${sessionPurpose} ${sessionName}`;
  const since = sessionStartedAt ? ` for ${hours(sessionStartedAt, now)}` : '';
  const isSeen = observedAt && now.getTime() - observedAt.getTime() < unseenMs;
  return {
    why: isSeen
      ? `${what} has been running on ${sessionHost}${since} without output.`
      : `${what} has been running on ${sessionHost}${since}, but no Moose process there watches it.`,
    unblock: isSeen ? `Stop it: ${again}.` : `Start Moose on ${sessionHost}, or start over: ${again}.`,
  };
}

/** Progress is observed every minute wherever a process runs. */
const unseenMs = 10 * 60_000;

function atStep(work: OpenWork, traffic: Traffic, places: PlaceLimits, again: string): WhyStuck {
  const isHeavy = work.step !== null && heavySteps.includes(work.step);
  const ofProject = traffic.sessionsOfProject.get(work.projectId) ?? 0;
  const placesMax = places.machineSlotsMax * traffic.liveExecutors;
  if (isHeavy && ofProject >= places.projectSlotsMax) {
    return {
      why: `All ${places.projectSlotsMax} slots of the project ${work.project} are taken.`,
      unblock: 'It continues when one of those processes ends; for more slots raise MOOSE_PROJECT_SLOTS.',
    };
  }
  if (isHeavy && traffic.sessionsRunning >= placesMax) {
    return {
      why: `All ${placesMax} slots for agents and checks are taken.`,
      unblock: 'It continues when one of those processes ends; for more slots raise MOOSE_MACHINE_SLOTS.',
    };
  }
  return {
    why: `A live process runs it at ${work.step ?? 'its first step'} but makes no progress.`,
    unblock: `See its last output with \`moose logs ${shortId(work.id)}\`; to start over, ${again}.`,
  };
}

const hourMs = 3_600_000;

function hours(at: Date, now: Date): string {
  const ms = Math.max(0, now.getTime() - at.getTime());
  return ms < hourMs ? `${Math.floor(ms / 60_000)} min` : `${Math.floor(ms / hourMs)} h`;
}
