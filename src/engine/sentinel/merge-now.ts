// Merges a pull request by policy, at exactly the commit that was judged (R-SEN-8). Asking twice merges once: after a
// lost answer, or a crash, the next look finds it merged.

import { isMooseError, type MooseError } from '../../domain/failure.ts';
import { sentinelActor } from '../../domain/forge.ts';
import { saveLook } from '../../store/work/followed-pull-requests.ts';
import { changePullRequest } from '../../store/work/pull-requests.ts';
import { recordEvent, requireWorkOrder, type WorkOrder } from '../../store/work/work-orders.ts';
import { recordMerge } from '../commands/record-merge.ts';
import { mayContinue } from '../commands/start-run-for-messages.ts';
import { mergeHold } from '../effects/merge-hold.ts';
import type { PullRequest } from '../ports/forge.ts';
import type { Found } from './advance.ts';
import { completeOrder } from './end-order.ts';
import { ask, type LookContext } from './follow-deps.ts';
import { isStill } from './is-still.ts';
import { judgeHeld } from './judge-own.ts';
import { standingOf } from './known-of.ts';
import { nextLookMs } from './next-look.ts';
import type { Next } from './next-of-facts.ts';
import { record } from './record-look.ts';
import { recordSnapshot } from './record-snapshot.ts';

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

const isWaiting = (order: WorkOrder) => standingOf(order) === 'waiting' && mayContinue(order);

/** A person stopped it while the forge was asked, and the look that withdrew the merge came too early. */
async function withdrawLateMerge(context: LookContext): Promise<void> {
  const { database, forge, row, order: known, signal } = context;
  const order = await database.run((query) => requireWorkOrder(query, known.id), signal);
  if (isWaiting(order) || order.status === 'completed') return;
  await ask(context, 'take back merge', () => forge.cancelAutoMerge(row.number, signal));
}

/** A refusal is an answer; an unavailable forge is not. */
async function tryMerge(
  context: LookContext,
  expectedHeadSha: string,
): Promise<PullRequest | 'queued' | MooseError> {
  const { forge, row, signal } = context;
  try {
    return await ask(context, 'merge', () => forge.mergePullRequest(row.number, { expectedHeadSha }, signal));
  } catch (cause) {
    if (signal.aborted || !isMooseError(cause) || cause.category !== 'permanent') throw cause;
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
