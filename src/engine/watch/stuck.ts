// Since when a work order stands still, why, and what would unblock it: from what was observed of its progress, never
// from its status (R-PIPE-12, R-PIPE-13). Pure.
import { shortId } from '../../domain/ids.ts';
import { asSentence } from '../../domain/sentence.ts';
import type { OpenWork, Traffic } from '../../store/work/progress.ts';

export interface StuckLimits {
  /** A work order without progress for so long is shown as stuck. */
  shownMs: number;
  /** After so long a human is asked, once; a pause for an outage is no alarm before that. */
  escalatedMs: number;
}

export interface PlaceLimits {
  machineSlotsMax: number;
  projectSlotsMax: number;
}

export interface Standstill {
  /** Milliseconds in which it could have got on, and has not. */
  idleMs: number;
  /** The newest thing that it got done; null where there was none. */
  lastProgress: { at: Date; what: string } | null;
  /** From when it is counted: the newest progress, or a human's newest start. */
  since: Date;
}

/** Time in which it waited for a human, or was over, does not count, and brings nothing back either. */
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

/** A pause for an outage is explained where it is asked for, and no alarm before a human is asked anyway. */
export function isStuck(work: OpenWork, { idleMs }: Standstill, limits: StuckLimits): boolean {
  if (work.silentSince !== null) return true;
  return idleMs >= (work.pausedBy ? limits.escalatedMs : limits.shownMs);
}

export interface WhyStuck {
  why: string;
  unblock: string;
}

const byItself = 'It goes on by itself';

/** The first that holds is the reason: what stops everything comes before what stops this one. */
export function whyStuck(work: OpenWork, traffic: Traffic, places: PlaceLimits, now: Date): WhyStuck {
  const id = shortId(work.id);
  const again = `\`moose cancel ${id}\`, then submit it anew`;
  if (work.silentSince !== null) return unheard(work.silentSince, work.silentHost, traffic);
  if (traffic.liveExecutors === 0)
    return { why: 'No Moose is running.', unblock: 'Start one: `moose up`; it goes on from there.' };
  if (work.pausedBy) {
    return {
      why: `It is paused until ${circuitName(work.pausedBy)} works again: ${asSentence(work.waitingFor ?? '') || 'it does not answer.'}`,
      unblock: `${byItself} when that is back; \`moose circuits\` shows when it is tried next.`,
    };
  }
  if (work.declinedSince)
    return {
      why: asSentence(work.waitingFor ?? '') || 'No running machine has its repository.',
      unblock: `${byItself} when a \`moose worker\` runs on a machine that has its repository.`,
    };
  if (work.status === 'pending' || (work.executor === null && !work.sessionName)) return inQueue(traffic);
  // Nobody carries it until then: who carried it before may be gone.
  if (work.wakeAt && work.wakeAt > now) return retrying(work, again, now);
  if (!work.isExecutorAlive) {
    return {
      why: `The process that carried it is dead, and none of the ${traffic.liveExecutors} that live has taken it up.`,
      unblock: 'Stop Moose and start it again: what a dead process left is taken up at the start.',
    };
  }
  if (work.cancelRequestedAt)
    return {
      why: `It was to be stopped ${hours(work.cancelRequestedAt, now)} ago, and its process has not ended.`,
      unblock: `End the process by hand (\`moose show ${id}\` names it), or start Moose again.`,
    };
  if (work.sessionName) return inSession(work, again, now);
  if (work.stepState === 'retrying') return retrying(work, again, now);
  if (work.waitingFor)
    return { why: asSentence(work.waitingFor), unblock: `${byItself} as soon as that is over.` };
  return atStep(work, traffic, places, again);
}

function unheard(since: Date, host: string | null, { liveExecutors }: Traffic): WhyStuck {
  return {
    why: `The process on ${host} that carries it has not been heard of since ${since.toISOString().slice(11, 19)} UTC: it stands still, or its machine or network is gone.`,
    unblock:
      liveExecutors > 0
        ? 'Another Moose takes it over within half a minute.'
        : 'Start a Moose that can take it over: `moose up`; or let that one go on.',
  };
}

function retrying({ wakeAt, step, waitingFor }: OpenWork, again: string, now: Date): WhyStuck {
  const until = wakeAt && wakeAt > now ? ` until ${wakeAt.toISOString()}` : '';
  return {
    why: `It waits${until} to try ${step} again: ${asSentence(waitingFor ?? '') || 'it failed in passing.'}`,
    unblock: `${byItself}; to have it otherwise, ${again}, perhaps with another model.`,
  };
}

function circuitName(key: string): string {
  return key.replace(/^(\w+):/, 'the $1 ');
}

function inQueue({ runsCarried, liveExecutors }: Traffic): WhyStuck {
  const those =
    liveExecutors === 1 ? 'the one Moose process carries' : `${liveExecutors} Moose processes carry`;
  return {
    why: `It waits in the queue behind ${runsCarried} runs that ${those}.`,
    unblock:
      'It starts as soon as one of them ends; for more places start a `moose worker`, or raise MOOSE_RUNS_MAX.',
  };
}

function inSession(work: OpenWork, again: string, now: Date): WhyStuck {
  const { sessionName, sessionPurpose, sessionHost, sessionStartedAt, observedAt } = work;
  const what = `The ${sessionPurpose} ${sessionName}`;
  const since = sessionStartedAt ? ` for ${hours(sessionStartedAt, now)}` : '';
  const isSeen = observedAt && now.getTime() - observedAt.getTime() < unseenMs;
  return {
    why: isSeen
      ? `${what} has been running on ${sessionHost}${since}, and writes nothing.`
      : `${what} has been running on ${sessionHost}${since}, and no Moose there looks after it.`,
    unblock: isSeen ? `Stop it: ${again}.` : `Start Moose on ${sessionHost}, or give it up: ${again}.`,
  };
}

/** Observations are made every minute where a process runs. */
const unseenMs = 10 * 60_000;

function atStep(work: OpenWork, traffic: Traffic, places: PlaceLimits, again: string): WhyStuck {
  const isHeavy = work.step === 'applying' || work.step === 'verifying';
  const ofProject = traffic.sessionsOfProject.get(work.projectId) ?? 0;
  const placesMax = places.machineSlotsMax * traffic.liveExecutors;
  if (isHeavy && ofProject >= places.projectSlotsMax) {
    return {
      why: `All ${places.projectSlotsMax} places of the project ${work.project} are taken.`,
      unblock: 'It goes on when one of those processes ends; MOOSE_PROJECT_SLOTS gives more places.',
    };
  }
  if (isHeavy && traffic.sessionsRunning >= placesMax) {
    return {
      why: `All ${placesMax} places for agents and checks are taken.`,
      unblock: 'It goes on when one of those processes ends; MOOSE_MACHINE_SLOTS gives more places.',
    };
  }
  if (work.step === 'awaiting_ci')
    return {
      why: "The forge's checks have not come to an end.",
      unblock: 'Look at them on the pull request.',
    };
  return {
    why: `It is at ${work.step ?? 'its beginning'}, a living process carries it, and nothing comes of it.`,
    unblock: `Look what it did last: \`moose logs ${shortId(work.id)}\`; to begin again, ${again}.`,
  };
}

const hourMs = 3_600_000;

function hours(at: Date, now: Date): string {
  const ms = Math.max(0, now.getTime() - at.getTime());
  return ms < hourMs ? `${Math.floor(ms / 60_000)} min` : `${Math.floor(ms / hourMs)} h`;
}
