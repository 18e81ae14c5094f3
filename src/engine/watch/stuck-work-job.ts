// Asks a person about stuck work, once per standstill, and withdraws the question when the work makes progress.
import type { Clock } from '../../stdx/clock.ts';
import type { Database, Query } from '../../store/database.ts';
import { listAskedWork } from '../../store/failures/asked-causes.ts';
import type { OptionDraft } from '../../store/failures/escalations.ts';
import { markEscalated } from '../../store/work/runs/progress.ts';
import { recordEvent } from '../../store/work/work-orders/work-orders.ts';
import type { PeriodicJob } from '../background/jobs/periodic-jobs.ts';
import { askHuman } from '../questions/ask-human.ts';
import { withdraw } from '../questions/resolve-question.ts';
import { isAwaitingCi, type PlaceLimits, type StuckLimits } from './stuck.ts';
import { findStuck, type StuckWork } from './stuck-work-orders.ts';

export interface StuckWorkDeps {
  database: Database;
  clock: Clock;
  limits: StuckLimits & PlaceLimits;
}

export const stuckCode = 'WORK_STUCK';
const everyMs = 60_000;
/** Maximum number of questions per round; after a standstill of everything, the rest follow in the next round. */
const askedPerLookMax = 50;

export function stuckWorkJob(deps: StuckWorkDeps): PeriodicJob {
  return { name: 'stuck-work', everyMs, run: (signal) => watchStuckWork(deps, signal) };
}

export async function watchStuckWork(deps: StuckWorkDeps, signal?: AbortSignal): Promise<void> {
  const { database, clock, limits } = deps;
  const now = clock.now();
  const found = await database.run((query) => findStuck(query, limits, now), signal);
  const still = found.filter(({ idleMs }) => idleMs >= limits.escalatedMs);
  const unasked = still.filter((stuck) => !wasAsked(stuck));
  for (const stuck of unasked.slice(0, askedPerLookMax))
    await database.transaction((query) => ask(query, stuck, now), signal);
  await database.transaction((query) => withdrawStuckQuestions(query, still), signal);
}

/**
 * True if this standstill was already asked about, whatever was answered. New progress, or a new start by a person,
 * begins another standstill.
 */
function wasAsked({ work, since }: StuckWork): boolean {
  return work.escalatedAt !== null && work.escalatedAt >= since;
}

export function stuckKey(workOrderId: string): string {
  return `stuck:${workOrderId}`;
}

async function ask(query: Query, stuck: StuckWork, now: Date): Promise<void> {
  const { work, lastProgress, why, unblock, idleMs } = stuck;
  const hours = Math.floor(idleMs / 3_600_000);
  const { isNew } = await askHuman(query, {
    workOrderId: work.id,
    runId: work.runId,
    failureClass: 'timeout',
    code: stuckCode,
    groupKey: stuckKey(work.id),
    component: 'watch',
    operation: 'stuck work',
    title: `"${work.title}" has made no progress for ${hours} h: ${why}`,
    context: {
      code: stuckCode,
      step: work.step,
      because: why,
      advice: unblock,
      evidence: {
        stuckHours: hours,
        lastProgress: lastProgress?.what ?? null,
        lastProgressAt: lastProgress?.at.toISOString() ?? null,
        session: work.sessionName,
        host: work.sessionHost,
      },
    },
    options: optionsOf(stuck),
    recommendedOption: recommended(stuck),
  });
  await markEscalated(query, work.id, now);
  if (!isNew) return;
  await recordEvent(query, {
    workOrderId: work.id,
    kind: 'stuck',
    actor: 'moose:watch',
    reason: `no progress for ${hours} h: ${why}`,
    detail: { stuckHours: hours, lastProgressAt: lastProgress?.at.toISOString() ?? null },
  });
}

function optionsOf({ work }: StuckWork): OptionDraft[] {
  const unknown = { chance: null, chanceOf: 0 } as const;
  const wait: OptionDraft = {
    ...unknown,
    id: 'wait',
    kind: 'wait',
    label: 'Keep waiting',
    costNanoUsd: '0',
    risk: 'low',
  };
  const cancel: OptionDraft = {
    ...unknown,
    id: 'cancel',
    kind: 'cancel',
    costNanoUsd: '0',
    risk: 'medium',
    label: 'Cancel it; its branch stays',
  };
  // Nothing is running, so a restart would not help.
  if (work.status !== 'in_progress' || work.step === null || isAwaitingCi(work)) return [wait, cancel];
  const process = work.sessionName ? ` and stop ${work.sessionName}` : '';
  const retry: OptionDraft = {
    ...unknown,
    id: 'retry',
    kind: 'retry',
    costNanoUsd: null,
    risk: 'low',
    from: work.step,
    label: `Restart ${work.step}${process}`,
  };
  return work.runKind === 'undo' ? [wait] : [retry, wait, cancel];
}

/** Recommends to wait for work that continues automatically, and to restart work that hangs. */
function recommended({ work }: StuckWork): string {
  const goesOn = work.pausedBy || work.wakeAt || work.waitingFor || work.executor === null;
  if (isAwaitingCi(work)) return 'wait';
  const canRetry = work.status === 'in_progress' && work.runKind === 'work' && work.step !== null;
  return canRetry && (work.sessionName || !goesOn) ? 'retry' : 'wait';
}

/**
 * Withdraws questions about work orders that have made progress or ended. If a run was stopped for the answer, its
 * question stays open.
 */
async function withdrawStuckQuestions(query: Query, still: readonly StuckWork[]): Promise<void> {
  const standing = new Set<string>(still.map(({ work }) => work.id));
  const open = await listAskedWork(query, stuckCode);
  for (const { groupKey, id } of open) {
    if (groupKey === null || standing.has(id)) continue;
    await withdraw(query, { groupKey }, 'it made progress');
    await recordEvent(query, {
      workOrderId: id,
      kind: 'unstuck',
      actor: 'moose:watch',
      reason: 'it made progress: no answer is needed any more',
    });
  }
}
