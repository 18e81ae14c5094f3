// Undoes effects, newest first. Each undo is idempotent, retried and recorded; an undo that fails stays listed as
// `undo_failed` and is reported (R-PIPE-9). What others have added to stays `done`, and says why it was left.

import type { MooseError } from '../../../domain/failure.ts';
import type { ReservationId, SessionId } from '../../../domain/ids.ts';
import { removeScratchCheckout } from '../../../git/worktree/scratch-checkout.ts';
import { findProcess } from '../../../sessions/find-process.ts';
import { stopProcess } from '../../../sessions/stop-process.ts';
import { sleep } from '../../../stdx/async/sleep.ts';
import { cancelReservation } from '../../../store/money/costs.ts';
import type { EffectKind } from '../../../store/schema/row-kinds.ts';
import { type Effect, effectsOf, markEffect } from '../../../store/work/sessions/effects.ts';
import { markUnreachable, sessionsOf, updateSession } from '../../../store/work/sessions/session-rows.ts';
import { recordFailure } from '../../errors/record-failure.ts';
import { toMooseError } from '../../errors/to-moose-error.ts';
import { isHere } from '../session-here.ts';
import { fenced, type Work } from '../work.ts';
import { destructionHalted, isDestructive } from './destruction-breaker.ts';
import { isElsewhere, isOtherBranch } from './own-pull-request.ts';
import { recordEnd } from './record-end.ts';
import { removeKeptWorktree } from './remove-kept-worktree.ts';
import { type Left, undoBranch, undoPush } from './undo-branches.ts';

/** What a stopped work order leaves on this machine, apart from its branch and its pull request. */
export const ofTheMachine: readonly EffectKind[] = ['session', 'worktree'];

const undoAttemptsMax = 3;
const undoRetryDelayMs = 500;

/** The order in which kinds are undone: what other people see comes first, and what other effects depend on comes last. */
const undoOrder: readonly EffectKind[] = ['pull_request', 'push', 'session', 'worktree', 'branch', 'hold'];

/** Pure: what would be undone, and in which order. */
export function undoPlan(effects: readonly Effect[], kinds: readonly EffectKind[] = undoOrder): Effect[] {
  return effects
    .filter(({ kind, state }) => kinds.includes(kind) && state !== 'undone')
    .sort((a, b) => undoOrder.indexOf(a.kind) - undoOrder.indexOf(b.kind) || Number(b.id - a.id));
}

/** Undoes each effect; returns the failures. */
export async function undoEffects(
  work: Work,
  kinds: readonly EffectKind[] = undoOrder,
): Promise<MooseError[]> {
  const effects = await work.database.run((query) => effectsOf(query, work.order.id), work.signal);
  // An effect on another machine can only be undone there, by `leftovers.ts`.
  const plan = undoPlan(effects, kinds).filter((effect) => isOfThis(effect, work));
  await leaveSessionsElsewhere(work, effects);
  const halted = plan.some(({ kind }) => isDestructive(kind)) ? await haltedBy(work) : undefined;
  if (halted) return [halted];
  const failures: MooseError[] = [];
  for (const effect of plan) {
    const failure = await undoOne(work, effect);
    if (failure) failures.push(failure);
  }
  return failures;
}

/** An effect without a machine can be undone on any machine. */
function isOfThis({ detail: { host, machine = '' } }: Effect, work: Work): boolean {
  return host === undefined || isHere({ host: String(host), machine: String(machine) }, work);
}

async function leaveSessionsElsewhere(work: Work, effects: readonly Effect[]): Promise<void> {
  for (const effect of effects) {
    if (effect.kind !== 'session' || effect.state === 'undone' || isOfThis(effect, work)) continue;
    const id = effect.key.slice('session:'.length) as SessionId;
    await fenced(work, (query) => markUnreachable(query, id, work.clock.now()));
  }
}

async function haltedBy(work: Work): Promise<MooseError | undefined> {
  const { order, settings } = work;
  return fenced(work, async (query) => {
    const halted = await destructionHalted(query, order.id, settings.undonePerMinuteMax);
    if (halted) {
      await recordFailure(query, halted, {
        workOrderId: order.id,
        step: order.step,
        attempt: 1,
        strategy: 'escalate',
      });
    }
    return halted;
  });
}

async function undoOne(work: Work, effect: Effect): Promise<MooseError | undefined> {
  for (let attempt = 1; ; attempt++) {
    try {
      work.reached(`undo:${effect.kind}`, work.run.id);
      const left = await undoers[effect.kind](work, effect);
      const { problem: _, ...detail } = effect.detail;
      await fenced(work, (query) =>
        left
          ? markEffect(query, effect.key, 'done', { ...detail, left })
          : markEffect(query, effect.key, 'undone'),
      );
      return undefined;
    } catch (cause) {
      if (work.signal.aborted) throw cause;
      const failure = toMooseError(cause, 'effects', `undo ${effect.kind}`);
      if (failure.code === 'FENCE_LOST') throw failure;
      const isRace = failure.code === 'BRANCH_MOVED';
      const isLast = attempt === undoAttemptsMax || (failure.category === 'permanent' && !isRace);
      await fenced(work, async (query) => {
        await recordFailure(query, failure, {
          workOrderId: work.order.id,
          step: work.order.step,
          attempt,
          strategy: isLast ? 'escalate' : 'retry',
        });
        if (isLast)
          await markEffect(query, effect.key, 'undo_failed', { ...effect.detail, problem: failure.message });
      });
      if (isLast) return failure;
      await sleep(undoRetryDelayMs, work.signal);
    }
  }
}

/** Each returns what it leaves, and why. */
const undoers: Record<EffectKind, (work: Work, effect: Effect) => Promise<Left | undefined>> = {
  hold: async ({ database }, { detail }) => {
    await database.transaction((query) => cancelReservation(query, detail.reservationId as ReservationId));
  },
  session: async (work, { key, detail }) => {
    const handle = await findProcess(String(detail.directory));
    if (handle) await stopProcess(handle, { graceMs: work.settings.stopGraceMs });
    const id = key.slice('session:'.length) as SessionId;
    await work.database.run(async (query) => {
      const session = (await sessionsOf(query, work.order.id)).find((each) => each.id === id);
      // The record of how a session ended by itself stays.
      if (session?.endedAt) return;
      const endedAt = work.clock.now();
      await updateSession(query, id, { state: 'stopped', endReason: 'cancelled', endedAt });
    });
  },
  worktree: async ({ database, order, signal }, { detail }) => {
    if (detail.isScratch === true) await removeScratchCheckout(String(detail.worktreePath));
    else
      await removeKeptWorktree(
        { database },
        {
          workOrderId: order.id,
          repositoryPath: String(detail.repositoryPath),
          worktreePath: String(detail.worktreePath),
          signal,
        },
      );
  },
  branch: undoBranch,
  push: undoPush,
  pull_request: async ({ database, forges, order, signal }, { detail }) => {
    const forge = await forges.of(order.projectId, signal);
    const found =
      order.branch === null ? null : await forge.findPullRequest({ headBranch: order.branch }, signal);
    // A merged pull request cannot be closed, and Moose must not revert it.
    if (found?.state === 'merged') return;
    // As above: the pull request may have been opened, but its number lost in a crash.
    const number = typeof detail.number === 'number' ? detail.number : found?.number;
    if (number === undefined) return;
    const told = found?.number === number ? found : await forge.findPullRequest({ number }, signal);
    if (told && order.branch !== null && isOtherBranch(told, order.branch)) throw isElsewhere(order, told);
    const closed = await forge.closePullRequest(number, signal);
    await database.run((query) => recordEnd(query, order.projectId, forge, closed), signal);
  },
};
