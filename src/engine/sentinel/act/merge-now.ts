// Merges a pull request by policy, at exactly the commit that was judged (R-SEN-8). Asking twice merges once: after a
// lost answer, or a crash, the next look finds it merged.
import { isMooseError, type MooseError } from '../../../domain/failure.ts';
import { sentinelActor } from '../../../domain/forge/forge.ts';
import { nameOfChange } from '../../../domain/work-order/together.ts';
import { isThere } from '../../../git/run/is-there.ts';
import { isGreenTree } from '../../../store/work/projects/checked-trees.ts';
import { saveLook } from '../../../store/work/pull-requests/followed-pull-requests.ts';
import { changePullRequest } from '../../../store/work/pull-requests/pull-requests.ts';
import { newestStepResult } from '../../../store/work/runs/runs.ts';
import {
  recordEvent,
  requireWorkOrder,
  type WorkOrder,
} from '../../../store/work/work-orders/work-orders.ts';
import { recordMerge } from '../../commands/merge/record-merge.ts';
import { mayContinue } from '../../commands/start-run-for-messages.ts';
import { configAt } from '../../policy/config-at.ts';
import { togetherOf } from '../../policy/project-values.ts';
import type { PullRequest } from '../../ports/forge.ts';
import { mergeHold } from '../../run/effects/merge-hold.ts';
import { checkWithOthers } from '../../run/together/check-with-others.ts';
import { ask, type LookContext } from '../follow-deps.ts';
import type { Found } from '../found.ts';
import { isStill } from '../is-still.ts';
import { followedLimits } from '../next/followed.ts';
import { nextLookMs } from '../next/next-look.ts';
import { type Next, standingOf } from '../next/next-of-facts.ts';
import { record, recordSnapshot } from '../record-look.ts';
import { completeOrder, judgeHeld } from './end-order.ts';

type Merge = Extract<Next, { act: 'merge' }>;

export async function mergeNow(context: LookContext, found: Found, next: Merge): Promise<void> {
  const { forge, row, order, signal, clock, followed } = context;
  context.reached('sentinel:before-merge');
  // A merge cannot be undone: a pause or a cancel since this look began takes precedence.
  if (!(await mayMerge(context))) return;
  const merged = await tryMerge(context, next.sha);
  context.reached('sentinel:merged');
  if (isMooseError(merged)) return refused(context, found, merged);
  if (merged !== 'queued') return done(context, found, next, merged);
  const waitingFor = 'The forge merges it as soon as its own conditions are met.';
  let isRecorded = false;
  const counted = { ...followed, queued: followed.queued + 1, groupSha: null };
  const queued = { mergeQueuedAt: clock.now(), followed: counted };
  await record(context, found, { waitingFor, ...queued }, async (query) => {
    await recordEvent(query, {
      workOrderId: order.id,
      kind: 'pull_request.queued',
      actor: sentinelActor,
      detail: { number: row.number, host: forge.host },
    });
    isRecorded = true;
  });
  if (!isRecorded) await withdrawLateMerge(context);
  signal.throwIfAborted();
}

/**
 * False if someone else has decided, or a person stopped it: the next look continues from there. The request is
 * recorded before it is sent, so that a pause withdraws the merge even if the forge's answer never reaches the row.
 */
function mayMerge(context: LookContext): Promise<boolean> {
  const { database, row, order: known, signal, clock } = context;
  return database.transaction(async (query) => {
    if (!(await isStill(query, context))) return false;
    const order = await requireWorkOrder(query, known.id);
    // What is merged before it may have been reverted, or a person may have retargeted it, in the meantime.
    if ((await mergeHold(query, order)) !== null) return false;
    if (!isWaiting(order) || order.run !== known.run) return false;
    await changePullRequest(query, row, row.number, { mergeAskedAt: clock.now() });
    return true;
  }, signal);
}

/** From the forge: it has not computed yet whether the change can be merged. */
const undecidedCode = 'PULL_REQUEST_UNDECIDED';

const isWaiting = (order: WorkOrder) => standingOf(order) === 'waiting' && mayContinue(order);

/** A person stopped it while the forge was asked, and the look that withdrew the merge came too early. */
async function withdrawLateMerge(context: LookContext): Promise<void> {
  const { database, forge, row, order: known, signal } = context;
  const order = await database.run((query) => requireWorkOrder(query, known.id), signal);
  if (isWaiting(order) || order.status === 'completed') return;
  await ask(context, 'take back merge', () => forge.cancelAutoMerge(row.number, signal));
}

/** A refusal is an answer, and so is 'not decided yet'; an unavailable forge gives none. */
async function tryMerge(
  context: LookContext,
  expectedHeadSha: string,
): Promise<PullRequest | 'queued' | MooseError> {
  const { forge, row, signal } = context;
  try {
    return await ask(context, 'merge', () => forge.mergePullRequest(row.number, { expectedHeadSha }, signal));
  } catch (cause) {
    if (signal.aborted || !isMooseError(cause)) throw cause;
    if (cause.category !== 'permanent' && cause.code !== undecidedCode) throw cause;
    return cause;
  }
}

async function refused(context: LookContext, found: Found, error: MooseError): Promise<void> {
  const { followed, clock } = context;
  const sha = found.seen.headSha;
  const before = followed.mergeRefused?.sha === sha ? followed.mergeRefused.times : 0;
  const mergeRefused = {
    sha,
    because: error.message,
    times: before + 1,
    at: clock.now().toISOString(),
    isBehind: error.metadata.isBehind === true,
    isConflict: error.code === 'MERGE_CONFLICT',
    isUndecided: error.code === undecidedCode,
    mark: found.seen.mark,
  };
  await record(context, found, { waitingFor: error.message, followed: { ...followed, mergeRefused } });
}

async function done(
  context: LookContext,
  found: Found,
  { because, isGreen }: Merge,
  { state, mergedSha, headSha }: PullRequest,
): Promise<void> {
  const { database, row, order, signal, clock } = context;
  await database.transaction(async (query) => {
    if (!(await isStill(query, context))) return;
    // The checks that made it green are recorded too.
    const { change } = await recordSnapshot(query, context, found);
    await saveLook(query, row, {
      nextLookMs: nextLookMs('watching', 0, 0),
      looksUnchanged: 0,
      change: { ...change, state, mergedSha, headSha, waitingFor: null, updatedAt: clock.now() },
    });
    await recordMerge(query, order.id, { mergedSha, actor: sentinelActor, now: clock.now() });
    await judgeHeld(query, context, 'merge', headSha);
    await completeOrder(query, order, {
      because: `${because}, and its pull request is merged`,
      isGreen,
      finishedAt: clock.now(),
      ...(isGreen ? {} : { notVerifiedBecause: because }),
    });
  }, signal);
}

/**
 * Before Moose merges by policy: a change that was verified on another base, and that something connects with what the
 * base has gained, is brought to the base and checked there first (R-GREEN-11). Null if it may be merged now.
 */
export async function holdTogether(context: LookContext, { seen }: Found): Promise<Next | null> {
  const { database, project, order, row, settings, followed, signal } = context;
  const results = await database.run(
    async (query) => ({
      routed: await newestStepResult(query, order.id, 'routing'),
      applied: await newestStepResult(query, order.id, 'applying'),
      verified: await newestStepResult(query, order.id, 'verifying'),
    }),
    signal,
  );
  const { routed, applied, verified } = results;
  // Signed commits have another hash and the same files: the forge's own check of the branch decides then.
  if (!routed || !verified?.isVerified || applied?.headSha !== seen.headSha) return null;
  if (!(await isThere(project.repositoryPath))) return null;
  const file = await configAt(project.repositoryPath, routed.baseSha, signal);
  const mode = togetherOf(project.settings, file, settings);
  if (mode === 'off') return null;
  const judged = await checkWithOthers(
    { database, project, dataDirectory: settings.dataDirectory, signal },
    {
      mode,
      workOrderId: order.id,
      headSha: applied.headSha,
      treeSha: applied.treeSha,
      baseBranch: row.baseBranch,
      commands: verified.checks.map(({ command }) => command),
      withOpen: false,
      // A look runs nothing: what is not known to be green is checked by the next run.
      check: async ({ treeSha }) => {
        const isGreen = await database.run((query) => isGreenTree(query, project.id, treeSha), signal);
        return { red: isGreen ? null : undefined, isNew: false };
      },
    },
  );
  if (judged?.is !== 'unknown') return null;
  const names = judged.with.map(nameOfChange).join(' and ');
  const because = `it was verified before ${names}, and is checked with that first`;
  if (followed.updates < followedLimits.updatesMax) return { act: 'update branch', because };
  const stays = `${because}, after ${followed.updates} updates`;
  return { act: 'escalate', code: 'PULL_REQUEST_STAYS_BEHIND', because: stays, failed: [] };
}

/**
 * Does not depend on the forge's recorded answer, because Moose may have died before recording it. Merges that a person
 * wants are kept: of completed work, and those that a person requested after the cancel.
 */
export function mustWithdrawMerge({ row, order }: Pick<LookContext, 'row' | 'order'>): boolean {
  const askedAt = row.mergeAskedAt ?? row.mergeQueuedAt;
  if (askedAt === null) return false;
  if (order.status === 'cancelled') return order.finishedAt === null || askedAt <= order.finishedAt;
  return order.status === 'in_progress' && !mayContinue(order);
}

/**
 * A pause or a cancel of a work order also withdraws a merge that the forge was asked to do automatically. Withdrawing
 * twice is harmless, so a look whose process died before its record is repeated.
 */
export async function withdrawMerge(context: LookContext): Promise<void> {
  const { database, forge, row, order, signal } = context;
  const { number } = row;
  await ask(context, 'take back merge', () => forge.cancelAutoMerge(number, signal));
  const isOver = order.status === 'cancelled';
  await database.transaction(async (query) => {
    if (!(await isStill(query, context))) return;
    await saveLook(query, row, {
      nextLookMs: isOver ? undefined : nextLookMs('waiting', 0, 0),
      looksUnchanged: 0,
      change: {
        mergeQueuedAt: null,
        mergeAskedAt: null,
        waitingFor: isOver ? null : 'A person paused the work order.',
      },
    });
    await recordEvent(query, {
      workOrderId: order.id,
      kind: 'pull_request.unqueued',
      actor: sentinelActor,
      detail: { number, host: forge.host },
    });
  }, signal);
}
