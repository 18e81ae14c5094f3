// Brings a change to what its branches have become: merges the base branch into a change whose pull request conflicts
// with it, or is behind it (R-SEN-4), moves a change off a base branch that was rewritten, and takes in what others have
// pushed to its branch. Without a conflict, the checks judge the result; otherwise the agent resolves the conflict first.

import { shortId } from '../../../domain/ids.ts';
import type { GroundChange } from '../../../domain/work-order/ground-change.ts';
import {
  type ApplyingResult,
  type Feedback,
  type RoutingResult,
  readAnyResult,
  readStepResult,
} from '../../../domain/work-order/step-result.ts';
import { conflictMarks } from '../../../git/commit/conflict-marks.ts';
import { type BaseMerge, type MergedBase, mergeBaseIn } from '../../../git/merge/merge-base-in.ts';
import { rebaseOnto } from '../../../git/merge/rebase-onto.ts';
import { signOff } from '../../../git/merge/sign-off.ts';
import { hasCommit, isAncestor, refSha } from '../../../git/read/revision.ts';
import { moveRef } from '../../../git/refs/move-ref.ts';
import { keepCommit } from '../../../git/refs/preserve.ts';
import { isThere } from '../../../git/run/is-there.ts';
import type { Query } from '../../../store/database.ts';
import { type PullRequestRow, pullRequestOf } from '../../../store/work/pull-requests/pull-requests.ts';
import { listAttemptResults, listResultsOfCycle } from '../../../store/work/runs/earlier-results.ts';
import { saveStepResult } from '../../../store/work/runs/runs.ts';
import { type Effect, effectsOf, markEffect } from '../../../store/work/sessions/effects.ts';
import { changeWorkOrder, recordEvent, type WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { pushKey } from '../../run/effect-keys.ts';
import { hasOnlyBrought, startedFor } from '../../run/feedback.ts';
import { knownGround, othersIn } from '../../run/ground/known-ground.ts';
import {
  changesOf,
  conflictsWithBase,
  type KnownGround,
  lookAtRemote,
  type RemoteGround,
} from '../../run/ground/remote-ground.ts';
import { tellGround } from '../../run/ground/tell-ground.ts';
import { packChange, saveChange } from '../../run/kept-change.ts';
import { remotePlace } from '../../run/remote-place.ts';
import { findResult } from '../../run/step-results.ts';
import { fenced, type StepEnd, type Work } from '../../run/work.ts';
import { readFollowed } from '../../sentinel/next/followed.ts';
import { baseMissing } from './base-missing.ts';
import { commitPeople } from './commit-people.ts';
import { commitTitle } from './commit-title.ts';
import { restoreCommits } from './restore-commits.ts';
import { releaseWorktree } from './worktree-place.ts';

const conflictCharsMax = 12_000;
const pathsShownMax = 20;

/** Whoever moves the branches more often during one run finds its push refused: then a person is asked. */
const broughtMax = 8;

/** What is to be merged into the change, or what the change is moved onto. */
interface Bringing {
  /** `words`: only the messages of the commits change. */
  from: 'base' | 'head' | 'words';
  sha: string;
  /** The commit in place of which it is: null if a merge is enough. */
  oldSha: string | null;
  /** What the result has from the remote's base branch. */
  publishedSha: string | undefined;
  /** For people, as in 'The change is brought to …'. */
  name: string;
  changes: GroundChange[];
  others?: readonly string[];
}

/** Undefined if nothing is to be merged. The next cycle of the run begins with the merged change. */
export async function bringBase(
  work: Work,
  routed: RoutingResult,
): Promise<StepEnd<'generating'> | undefined> {
  const { order, run } = work;
  // The pull request may have been retargeted since the work order was routed.
  const baseBranch = order.baseBranch ?? routed.baseBranch;
  const again = (name: string) => ({ end: 'again', because: `the change is brought to ${name}` }) as const;
  if (await mergedIn(work, run.cycle)) return again(baseBranch);
  const applied = await findResult(work, 'applying');
  if (!applied || (await hasBroughtOften(work))) return undefined;
  const bringing = await whatToBring(work, routed, applied);
  if (bringing === null) return undefined;
  const isBrought = await mergeAndSave(work, { ...routed, baseBranch }, applied, bringing);
  return isBrought ? again(bringing.name) : undefined;
}

/** Commits of others on the branch come first: nothing may replace them. */
async function whatToBring(
  work: Work,
  routed: RoutingResult,
  applied: ApplyingResult,
): Promise<Bringing | null> {
  const { order, database, signal } = work;
  const baseBranch = order.baseBranch ?? routed.baseBranch;
  const { row, effects } = await database.run(
    async (query) => ({
      row: await pullRequestOf(query, order.id),
      effects: await effectsOf(query, order.id),
    }),
    signal,
  );
  const isWanted = row?.state === 'open' && readFollowed(row.followed).needsBase;
  const needsBase = isWanted && !(await hasBroughtBase(work));
  const known = knownGround(order, { routed, applied, effects, followed: row?.followed });
  // Nothing is on the remote yet, and no look before publishing has sent the change back.
  if (known.remoteSha === undefined && !needsBase && !(await wasVerified(work))) return null;
  const remote = await remotePlace(work.project, work.settings.dataDirectory, signal);
  if (remote.isMooses && !(await isThere(remote.url))) return null;
  if (!(await hasCommit(work.project.repositoryPath, applied.headSha, { signal })))
    await restoreCommits(work, routed.branch);
  // A remote that does not answer is waited for: what an agent is paid for now could not be published.
  const ground = await lookAtRemote({ ...work.project, remote, signal }, known);
  const { baseTip, others, isBaseRewritten, baseSha } = ground;
  const changes = changesOf(known, ground);
  if (others) {
    const oldSha = others.isRewritten ? (known.remoteSha ?? null) : null;
    const name = `what was pushed to ${routed.branch}`;
    return {
      from: 'head',
      sha: others.sha,
      oldSha,
      publishedSha: baseSha,
      name,
      changes,
      others: others.authors,
    };
  }
  if (baseTip === null) {
    if (needsBase) throw await baseMissing(work, remote, { baseBranch, branch: routed.branch });
    return null;
  }
  const isMoved = isBaseRewritten && order.stackedOn === null;
  const brings = needsBase || (await whyBring(work, known, ground)) !== null;
  if (!brings) return mustSignOff(row, effects, order.id) ? signing(applied) : null;
  const oldSha = isMoved ? (baseSha ?? null) : await rewrittenStart(work, baseTip);
  return { from: 'base', sha: baseTip, oldSha, publishedSha: baseTip, name: baseBranch, changes };
}

/** The previous cycle ended with a change that had passed: only publishing it sends that back. */
async function wasVerified({ database, run, signal }: Work): Promise<boolean> {
  if (run.cycle === 0) return false;
  const results = await database.run((query) => listResultsOfCycle(query, run.id, run.cycle - 1), signal);
  const verified = results.find(({ step }) => step === 'verifying');
  return verified !== undefined && readAnyResult(verified.result)?.feedback === undefined;
}

/** Commits of others are left as they are. */
function mustSignOff(row: PullRequestRow | undefined, effects: readonly Effect[], id: string): boolean {
  if (row?.state !== 'open' || !readFollowed(row.followed).signsOff) return false;
  return othersIn(effects.find(({ key }) => key === pushKey(id))).length === 0;
}

function signing({ headSha }: ApplyingResult): Bringing {
  return {
    from: 'words',
    sha: headSha,
    oldSha: null,
    publishedSha: undefined,
    name: 'signed-off commits',
    changes: [],
  };
}

/**
 * Why the change has to be brought to its branches before it is published; null: it has not. Where the forge runs checks,
 * a conflict is found, and counted, while they run.
 */
export async function whyBring(
  work: Work,
  known: KnownGround,
  { others, baseTip, isBaseRewritten }: RemoteGround,
): Promise<'others' | 'rewritten' | 'conflict' | null> {
  const { order, project, forges, signal } = work;
  if (await hasBroughtOften(work)) return null;
  if (others) return 'others';
  if (order.stackedOn !== null || baseTip === null) return null;
  if (isBaseRewritten) return 'rewritten';
  if (order.settings.command !== undefined || (await forges.of(project.id, signal)).hasChecks) return null;
  if (await hasBroughtBase(work)) return null;
  const isInConflict = await conflictsWithBase({ ...project, signal }, { ...known, baseTip });
  return isInConflict ? 'conflict' : null;
}

/** Cycles that messages or failures began do not count. */
async function hasBroughtOften({ database, run, signal }: Work): Promise<boolean> {
  const results = await database.run((query) => listAttemptResults(query, run.id), signal);
  const brought = results.filter(
    ({ step, result }) => step === 'applying' && readStepResult('applying', result)?.baseMerged !== undefined,
  );
  return brought.length >= broughtMax;
}

/** Whether this run has merged the base branch: the pull request says until its end that it needs that. */
async function hasBroughtBase(work: Work): Promise<boolean> {
  for (let cycle = 0; cycle < work.run.cycle; cycle++)
    if ((await mergedIn(work, cycle))?.baseMerged?.from === 'base') return true;
  return false;
}

/** What this run merged in that cycle; undefined if it merged nothing. */
async function mergedIn({ database, run, signal }: Work, cycle: number): Promise<ApplyingResult | undefined> {
  const results = await database.run((query) => listResultsOfCycle(query, run.id, cycle), signal);
  const found = readStepResult('applying', results.find(({ step }) => step === 'applying')?.result);
  return found?.baseMerged === undefined ? undefined : found;
}

/**
 * The merged change, if the previous cycle merged without a conflict: then there is nothing to do, unless the run has not
 * begun what it was started for.
 */
export async function cleanlyMerged(work: Work): Promise<ApplyingResult | undefined> {
  const merged = await mergedBefore(work);
  if (merged === undefined || (await isWorkLeft(work, merged))) return undefined;
  const { baseMerged: _, ...result } = merged;
  return result;
}

/** Whether the previous cycle merged without a conflict. */
export const hasMergedCleanly = async (work: Work): Promise<boolean> =>
  (await mergedBefore(work)) !== undefined;

async function mergedBefore(work: Work): Promise<ApplyingResult | undefined> {
  const { cycle } = work.run;
  const merged = cycle === 0 ? undefined : await mergedIn(work, cycle - 1);
  return merged?.feedback ? undefined : merged;
}

/** Instructions of a person, messages, or what failed: a run that only brings the change to its branches has none. */
async function isWorkLeft(
  { database, run, order, signal }: Work,
  { baseMerged }: ApplyingResult,
): Promise<boolean> {
  if (run.cycle === 1 && baseMerged?.from === 'head') return true;
  const { note, isNoteKept, isForMessages } = run.settings;
  const isAsked = (note !== undefined && !isNoteKept) || isForMessages === true;
  return database.run(
    async (query) =>
      (isAsked && (await hasOnlyBrought(query, run))) || (await startedFor(query, { run, order })) !== null,
    signal,
  );
}

async function mergeAndSave(
  work: Work,
  routed: RoutingResult,
  applied: ApplyingResult,
  bringing: Bringing,
): Promise<boolean> {
  const { project, order, run, signal, clock } = work;
  const { repositoryPath } = project;
  const { branch } = routed;
  const { from, sha, oldSha, name } = bringing;
  const startedAt = clock.now();
  const { committer } = await commitPeople(work);
  const merging = { repositoryPath, headSha: applied.headSha, baseSha: sha, committer, signal };
  const trailer = `Moose-Work-Order: ${order.id}`;
  const what = from === 'base' ? name : 'the commits of others';
  const merged =
    from === 'words'
      ? await signedOff(applied, { repositoryPath, baseSha: routed.baseSha, committer, signal })
      : oldSha === null
        ? await mergeBaseIn({ ...merging, message: `Merge ${what} into ${branch}\n\n${trailer}` })
        : await rebaseOnto({
            ...merging,
            oldBaseSha: oldSha,
            message: `${commitTitle(order)}\n\n${trailer}`,
          });
  // The base has not moved: the forge's report was about an older commit. A stacked change is published as it is: it
  // was retargeted, or its run was repeated.
  if (merged.sha === applied.headSha && (from !== 'base' || order.stackedOn === null)) return false;
  await moveBranch(work, branch, merged.sha);
  const feedback = await feedbackOf(work, merged, name);
  const result: ApplyingResult = {
    ...applied,
    headSha: merged.sha,
    treeSha: merged.treeSha,
    sessionId: '',
    summary: from === 'words' ? 'The commits are signed off.' : `The change is brought to ${name}.`,
    baseMerged: { conflicts: merged.conflicts, from },
    ...(feedback ? { feedback } : {}),
  };
  const started = await startAfter(work, routed, bringing);
  const { baseSha } = started;
  const packed = await packChange({ repositoryPath, signal, from: baseSha, to: merged.sha });
  const owner = { workOrderId: order.id, runId: run.id, cycle: run.cycle };
  work.reached('generating:base-merged', run.id);
  await fenced(work, async (query) => {
    await tellGround(query, order, bringing.changes, work.actor);
    if (bringing.others) await takeOver(query, order, bringing);
    await saveStepResult(query, { ...owner, step: 'routing', result: started, startedAt });
    await saveStepResult(query, { ...owner, step: 'applying', result, startedAt });
    await saveChange(query, owner, packed);
    const because = feedback?.summary ?? howBrought(bringing);
    await changeWorkOrder(query, order.id, {}, { baseSha, changedBy: work.actor, changedBecause: because });
    await recordEvent(query, {
      workOrderId: order.id,
      kind: 'base.merged',
      actor: work.actor,
      reason: because,
      detail: { baseBranch: routed.baseBranch, baseSha, conflicts: merged.conflicts.slice(0, pathsShownMax) },
    });
  });
  return true;
}

/** What others brought from the base branch is no part of the change. */
async function startAfter(
  { project: { repositoryPath }, signal }: Work,
  routed: RoutingResult,
  { from, publishedSha }: Bringing,
): Promise<RoutingResult> {
  if (publishedSha === undefined) return routed;
  const isNewer =
    from === 'base' || (await isAncestor(repositoryPath, routed.baseSha, publishedSha, { signal }));
  return { ...routed, publishedSha, ...(isNewer ? { baseSha: publishedSha } : {}) };
}

function howBrought({ from, oldSha, name }: Bringing): string {
  if (from === 'words') return 'a check demands that the commits are signed off, and now they are';
  return oldSha === null ? `${name} is merged into the change` : `${name} is what the change is rebased onto`;
}

/** The same files, with other messages. */
async function signedOff(
  { headSha, treeSha }: ApplyingResult,
  { repositoryPath, signal, ...from }: Pick<BaseMerge, 'repositoryPath' | 'baseSha' | 'committer' | 'signal'>,
): Promise<MergedBase> {
  const sha = await signOff(repositoryPath, { ...from, headSha }, { signal });
  return { sha, treeSha, conflicts: [] };
}

/** From now on, the push expects the branch where others left it, and the change is not Moose's alone. */
async function takeOver(
  query: Query,
  order: WorkOrder,
  { sha, others = [] }: Pick<Bringing, 'sha' | 'others'>,
): Promise<void> {
  const key = pushKey(order.id);
  const push = (await effectsOf(query, order.id)).find((effect) => effect.key === key);
  if (push === undefined) return;
  const before = othersIn(push);
  const names = [...new Set([...before, ...others])].slice(0, pathsShownMax);
  await markEffect(query, key, push.state, {
    ...push.detail,
    sha,
    ...(names.length > 0 ? { others: names } : {}),
  });
}

/**
 * The start of a stacked change, if the new base does not contain it: the parent change was squashed or rewritten. Then
 * only this change is moved, without the parent change. Null if a merge is enough (R-SPEC-5).
 */
async function rewrittenStart({ order, project, signal }: Work, baseSha: string): Promise<string | null> {
  const { stackedOn, baseSha: start } = order;
  if (stackedOn === null || start === null) return null;
  const isContained = await isAncestor(project.repositoryPath, start, baseSha, { signal });
  return isContained ? null : start;
}

/** The worktree is created again from the branch; changes that are only in it, or only on the branch, are kept. */
async function moveBranch(work: Work, branch: string, to: string): Promise<void> {
  const { project, order, signal } = work;
  const { repositoryPath } = project;
  await releaseWorktree(work);
  const ref = `refs/heads/${branch}`;
  const from = await refSha(repositoryPath, ref, { signal });
  if (from === to) return;
  if (from !== null) await keepCommit(repositoryPath, from, shortId(order.id), { signal });
  await moveRef(repositoryPath, { ref, from, to, because: 'moose: merge base' }, { signal });
}

async function feedbackOf(
  { project, signal }: Work,
  { sha, conflicts }: { sha: string; conflicts: readonly string[] },
  name: string,
): Promise<Feedback | null> {
  if (conflicts.length === 0) return null;
  const marks = await conflictMarks(project.repositoryPath, sha, conflicts, signal);
  const shown = conflicts.map(
    (path) => `${path}:\n${marks.get(path) ?? '(changed on one side, deleted or binary on the other)'}`,
  );
  return {
    summary: `The change conflicts with ${name} in ${conflicts.slice(0, pathsShownMax).join(', ')}. Both are merged now, with git's conflict marks in these files: resolve each so that both sides keep their meaning, and leave no mark.`,
    output: shown.join('\n\n').slice(0, conflictCharsMax),
    failureClass: 'contract_violation',
    tried: null,
  };
}
