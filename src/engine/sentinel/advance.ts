// One look at one pull request: asks the forge, records what is new, decides, and acts. Each change of the work order
// is one transaction with the record of the look, so an interrupted look is repeated without doing anything twice.

import { failuresOf } from '../../domain/forge/counting-checks.ts';
import { sentinelActor } from '../../domain/forge/forge.ts';
import type { GroundChange } from '../../domain/work-order/ground-change.ts';
import { type Look, saveLook } from '../../store/work/pull-requests/followed-pull-requests.ts';
import { pullRequestOf } from '../../store/work/pull-requests/pull-requests.ts';
import { newestStepResult } from '../../store/work/runs/runs.ts';
import { judgementsOf } from '../../store/work/work-orders/judgements.ts';
import { recordMerge } from '../commands/merge/record-merge.ts';
import type { PullRequest } from '../ports/forge.ts';
import { withdraw } from '../questions/resolve-question.ts';
import { followsUnmerged } from '../run/effects/merge-hold.ts';
import { isOtherBranch } from '../run/effects/own-pull-request.ts';
import { feedbackOf, marksOf } from './act/ci-failure.ts';
import { cancelClosed, completeOrder, judgeClosed, judgeHeld, reopenOrder } from './act/end-order.ts';
import { executeNext } from './act/execute-next.ts';
import { mustWithdrawMerge, withdrawMerge } from './act/merge-now.ts';
import { askForBase, asksForBase, findBaseGone, withoutBase } from './base-gone.ts';
import { ask, type LookContext } from './follow-deps.ts';
import { followBase, followParent } from './follow-parent.ts';
import { followSettings } from './follow-pull-request.ts';
import type { Found } from './found.ts';
import { isStill } from './is-still.ts';
import { lookAt, type Snapshot } from './look-at.ts';
import { lookAtGround } from './look-at-ground.ts';
import { nextLookMs } from './next/next-look.ts';
import { nextOf } from './next/next-of.ts';
import { knownOf, type Next, standingOf } from './next/next-of-facts.ts';
import { readFileOfBase } from './read-file-of-base.ts';
import { noticeRevert } from './reverted.ts';

/** When the forge is asked about a pull request that was opened again. */
const reopenedMs = 1_000;

const unread: Next = {
  act: 'wait',
  isReady: true,
  for: 'CI is green; the forge does not show what people wrote, so Moose does not merge it.',
};

export async function advance(context: LookContext): Promise<void> {
  const { forge, row, signal, order, clock } = context;
  const number = row.number;
  if (forge.host !== row.host || forge.repository !== row.repository) return elsewhere(context);
  const told = await ask(context, 'find', () => forge.findPullRequest({ number }, signal));
  // Whoever deleted the repository, or removed Moose's rights, may undo that, so Moose looks again later.
  if (told === null || isOtherBranch(told, row.headBranch)) return gone(context);
  if (told.state !== 'open') return ended(context, told);
  if (asksForBase(order)) return onBaseAgain(context, told);
  if (isReopened(context)) return reopened(context, told, { is: 'opened again', number });
  if (mustWithdrawMerge(context)) return withdrawMerge(context);
  await followBase(context, told);
  const parent = await followParent(context, told);
  await readFileOfBase(context);
  const settings = followSettings(context);
  let ground = await lookAtGround(context, told);
  const isWaiting = standingOf(order) === 'waiting';
  const goneOf = async () => (isWaiting && ground.isBaseGone ? findBaseGone(context, told) : null);
  let without = await goneOf();
  if (without) return withoutBase(context, without);
  const merge = context.isUnread ? 'never' : settings.merge;
  const snapshot = await lookAt(context, told, { merge, isWaiting });
  const found = await withFailure(context, snapshot);
  const { judgement, follows } = await context.database.run(
    async (query) => ({
      judgement: (await judgementsOf(query, [order.id])).get(order.id),
      follows: await followsUnmerged(query, order),
    }),
    signal,
  );
  const decide = () => {
    const known = knownOf(row, order, context.followed, found.failure, {
      headSha: told.headSha,
      pushedSha: context.pushedSha,
      equalFailuresMax: context.settings.equalFailuresMax,
      parent,
      follows: follows?.held.words ?? null,
      acceptedBy: judgement?.acceptedBy ?? null,
      changesCi: judgement?.findings.some(({ kind }) => kind === 'ci_changed') ?? false,
      ground,
      now: clock.now(),
    });
    const { isMerged, isTakenOut } = ground;
    const seen = { ...snapshot.seen, isInBase: snapshot.seen.isInBase || isMerged, isTakenOut };
    return nextOf(seen, known, settings, clock.now().getTime());
  };
  let next = decide();
  // What ends the work, or cannot be taken back, is decided on what is there now.
  if (next.act === 'merge' || next.act === 'complete') {
    ground = await lookAtGround(context, told, { isFresh: true });
    without = await goneOf();
    if (without) return withoutBase(context, without);
    next = decide();
  }
  await executeNext(context, found, context.isUnread && next.act === 'merge' ? unread : next);
}

/** Turns the logs of a red CI into text for the next prompt and fingerprints that equal failures share. */
async function withFailure(context: LookContext, snapshot: Snapshot): Promise<Found> {
  if (snapshot.logs.length === 0) return { ...snapshot, feedback: null, failure: null };
  const { database, order, signal } = context;
  const [applied, generated] = await database.run(
    async (query) =>
      [
        await newestStepResult(query, order.id, 'applying'),
        await newestStepResult(query, order.id, 'generating'),
      ] as const,
    signal,
  );
  const { redOnBase, headSha, checks } = snapshot.seen;
  const failed = failuresOf(checks).filter(({ name }) => !redOnBase.has(name));
  const tried = generated?.proposal?.plan ?? null;
  const feedback = feedbackOf(snapshot.logs, { failed, redOnBase, tried });
  return {
    ...snapshot,
    feedback,
    failure: marksOf(feedback, { sha: headSha, tree: applied?.treeSha ?? '' }),
  };
}

/** There, the same number is a different pull request. */
function elsewhere(context: LookContext): Promise<void> {
  const { forge, row } = context;
  const now = forge.repository === '' ? 'on no registered forge' : `${forge.repository} on ${forge.host}`;
  return lookLater(
    context,
    `Pull request ${row.number} is in ${row.repository} on ${row.host}, and the project's remote is ${now} now.`,
  );
}

function gone(context: LookContext): Promise<void> {
  return lookLater(context, `The forge no longer has pull request ${context.row.number}.`);
}

async function lookLater({ database, row, signal }: LookContext, waitingFor: string): Promise<void> {
  const looksUnchanged = row.looksUnchanged + 1;
  await database.run(
    (query) =>
      saveLook(query, row, {
        nextLookMs: nextLookMs('watching', looksUnchanged, 0),
        looksUnchanged,
        change: { waitingFor },
      }),
    signal,
  );
}

/** Merged or closed: by a person, by the forge's queue, or by Moose itself without receiving the answer. */
async function ended(context: LookContext, told: PullRequest): Promise<void> {
  const { database, row, order, signal, clock } = context;
  const isGreen = told.state === 'merged' && standingOf(order) !== 'other' && (await wasGreen(context, told));
  const isNew = row.state !== told.state;
  const without = told.state === 'closed' && isNew ? await findBaseGone(context, told) : null;
  await database.transaction(async (query) => {
    if (!(await isStill(query, context))) return;
    await saveLook(query, row, endedLook(context, told));
    const finishedAt = clock.now();
    if (told.state === 'merged' && isNew)
      await recordMerge(query, order.id, {
        mergedSha: told.mergedSha,
        actor: sentinelActor,
        now: finishedAt,
      });
    if (told.state === 'merged') await judgeHeld(query, context, 'merge', told.headSha);
    else if (isNew && without === null) await judgeClosed(query, context);
    const newest = await pullRequestOf(query, order.id);
    if (standingOf(order) === 'other' || newest?.number !== row.number) return;
    if (told.state === 'merged')
      await completeOrder(query, order, {
        because: 'its pull request is merged',
        isGreen,
        finishedAt,
      });
    else if (without) await askForBase(query, context, without);
    else if (!asksForBase(order)) await cancelClosed(query, order, { number: row.number, finishedAt });
  }, signal);
  if (told.state === 'merged') await noticeRevert(context, told);
}

/** The answer to Moose's own merge, and the look before it, may be lost: CI has still verified this commit. */
async function wasGreen(context: LookContext, { headSha, baseBranch }: PullRequest): Promise<boolean> {
  const { forge, row, signal } = context;
  if (row.verdictSha === headSha) return row.verdict === 'green';
  const of = { sha: headSha, baseBranch };
  const { verdict } = await ask(context, 'read checks', () => forge.readChecks(of, signal));
  return verdict === 'green';
}

/** A person closed it, which cancelled the work order, and has opened it again, as people do to start its CI. */
function isReopened({ row, order }: LookContext): boolean {
  return row.state === 'closed' && order.status === 'cancelled' && order.changedBy === sentinelActor;
}

/** Somebody has pushed the base branch again, before anybody has said into which branch the change goes. */
async function onBaseAgain(context: LookContext, told: PullRequest): Promise<void> {
  if (await findBaseGone(context, told)) return lookLater(context, 'Your answer to the question about it.');
  return reopened(context, told, { is: 'base back', branch: told.baseBranch });
}

async function reopened(context: LookContext, told: PullRequest, change: GroundChange): Promise<void> {
  const { database, row, order, signal, clock } = context;
  await database.transaction(async (query) => {
    if (!(await isStill(query, context))) return;
    const seen = { state: told.state, headSha: told.headSha, updatedAt: clock.now() };
    await saveLook(query, row, { nextLookMs: reopenedMs, looksUnchanged: 0, change: seen });
    await reopenOrder(query, order, change);
    await withdraw(query, { workOrderId: order.id }, 'it continues');
  }, signal);
}

function endedLook({ row, clock }: LookContext, { state, mergedSha, headSha }: PullRequest): Look {
  const isNew = row.state !== state;
  const looksUnchanged = isNew ? 0 : row.looksUnchanged + 1;
  const ageMs = isNew ? 0 : clock.now().getTime() - row.updatedAt.getTime();
  return {
    // A person may open a closed pull request again.
    nextLookMs: nextLookMs('watching', looksUnchanged, ageMs),
    looksUnchanged,
    change: {
      state,
      mergedSha,
      headSha,
      waitingFor: null,
      ...(isNew ? { updatedAt: clock.now() } : {}),
    },
  };
}
