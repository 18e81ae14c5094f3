// Decides where a change starts: at its branch's base if it has one; otherwise, in a plan, at its dependency; otherwise
// at the branch that the work order, its project or `.moose/config.yml` on the default branch names; otherwise at the
// default branch: the remote's own, or the one that is checked out in a local repository. A local repository without a
// remote may lack what Moose has merged: then a change starts at the merged commit.

import type { PermanentError } from '../../../domain/failure.ts';
import { shortId, type WorkOrderId } from '../../../domain/ids.ts';
import type { GroundChange } from '../../../domain/work-order/ground-change.ts';
import { hasCommit, isAncestor } from '../../../git/read/revision.ts';
import { baseCommit } from '../../../git/refs/base-branch.ts';
import { inspectRoot, type RepositoryState, requireBranch } from '../../../git/refs/repository.ts';
import { ensureMirrorWith, type Mirror, syncMirror } from '../../../git/remote/mirror.ts';
import { ensureRemoteCommit, remoteBranchSha } from '../../../git/remote/remote.ts';
import { isThere } from '../../../git/run/is-there.ts';
import { type Lower, lowersOf, parentOf } from '../../../store/work/plans/stacks.ts';
import { placeOf } from '../../../store/work/projects/projects.ts';
import { isHeadOfOpen } from '../../../store/work/pull-requests/pull-requests.ts';
import { effectsOf } from '../../../store/work/sessions/effects.ts';
import { workOrderById } from '../../../store/work/work-orders/work-orders.ts';
import { configAt, fileOn } from '../../policy/config-at.ts';
import { holdOfParent } from '../../run/effects/parent-hold.ts';
import { mirrorOf } from '../../run/project-here.ts';
import { remotePlace } from '../../run/remote-place.ts';
import type { Work } from '../../run/work.ts';
import { pipelineFailures } from '../failure-catalogue.ts';
import { startOnRemote } from './start-on-remote.ts';

interface Base {
  baseBranch: string;
  baseSha: string;
}

export interface Start extends Base {
  /** The work order from whose branch the change starts; absent: it starts from a base branch. */
  stackedOn?: WorkOrderId;
  hasUncommittedChanges: boolean;
  /** See `RoutingResult`. */
  publishedSha?: string;
  /** How the checkout stands to its remote, if that is worth telling. */
  changes: GroundChange[];
  /** The name of the remote's default branch; undefined for a local project. */
  defaultBranch?: string | null;
}

/** For a project with a remote, this fetches first. */
export async function findStart(work: Work): Promise<Start> {
  const { project, signal } = work;
  const mirror = mirrorOf(project, signal);
  const start = mirror ? await mirroredStart(work, mirror) : await localStart(work);
  return start.stackedOn === undefined
    ? { ...start, ...(await startOnRemote(work, start)) }
    : { ...start, changes: [] };
}

async function localStart(work: Work): Promise<Omit<Start, 'changes'>> {
  const { project, signal } = work;
  const repository = await inspectRoot(project.repositoryPath, { signal });
  const base =
    (await ownBase(work)) ??
    (await stackedStart(work)) ??
    (await replacedBase(work)) ??
    (await proposedBase(work)) ??
    (await withMerged(work, (await namedBase(work)) ?? (await localBase(work, repository))));
  return { ...base, hasUncommittedChanges: repository.isDirty };
}

async function localBase(work: Work, repository: RepositoryState): Promise<Base> {
  const named = await fileBase(work, repository.headBranch, repository.headSha);
  return named ?? { baseBranch: requireBranch(repository), baseSha: repository.headSha };
}

/** The commit to which Moose has merged in a remote of its own, if that contains all that the person's branch has. */
async function withMerged({ project, settings, signal }: Work, base: Base): Promise<Base> {
  if (project.settings.remote_path === undefined) return base;
  const { repositoryPath } = project;
  const remote = await remotePlace(project, settings.dataDirectory, signal);
  if (!remote.isMooses || !(await isThere(remote.url))) return base;
  const at = { repositoryPath, remoteUrl: remote.url, branch: base.baseBranch, isMooses: true, signal };
  const baseSha = await remoteBranchSha(at);
  if (baseSha === null || baseSha === base.baseSha) return base;
  if (!(await hasCommit(repositoryPath, baseSha, { signal }))) await ensureRemoteCommit(at);
  return (await isAncestor(repositoryPath, base.baseSha, baseSha, { signal })) ? { ...base, baseSha } : base;
}

async function mirroredStart(work: Work, mirror: Mirror): Promise<Omit<Start, 'changes'>> {
  const { defaultBranch } = await syncMirror(mirror);
  const own = await ownBase(work);
  if (own) await ensureMirrorWith(mirror, own.baseSha);
  const base =
    own ??
    (await stackedStart(work)) ??
    (await replacedBase(work)) ??
    (await proposedBase(work)) ??
    (await namedBase(work)) ??
    (await defaultBase(work, defaultBranch ?? noDefault(work)));
  return { ...base, defaultBranch, hasUncommittedChanges: false };
}

/** The commit where the work order's branch started. */
async function ownBase({ order, database, signal }: Work): Promise<Base | undefined> {
  if (!order.baseBranch || !order.baseSha) return undefined;
  const effects = await database.run((query) => effectsOf(query, order.id), signal);
  const hasBranch = effects.some(({ kind, state }) => kind === 'branch' && state !== 'undone');
  return hasBranch ? { baseBranch: order.baseBranch, baseSha: order.baseSha } : undefined;
}

/**
 * The base for a work order that replaces a conflicting one: the conflicting commits may have been merged on the
 * remote, and be unknown to this repository.
 */
async function replacedBase(work: Work): Promise<Base | undefined> {
  const { order, database, signal } = work;
  const { replaces } = order.settings;
  if (!replaces) return undefined;
  const replaced = await database.run((query) => workOrderById(query, replaces as WorkOrderId), signal);
  return remoteBase(work, replaced?.baseBranch ?? '');
}

/** A branch that Moose has proposed: others may have pushed to it, which this repository does not know. */
async function proposedBase(work: Work): Promise<Base | undefined> {
  const { order, project, database, signal } = work;
  const { base } = order.settings;
  if (base === undefined) return undefined;
  const isProposed = await database.run((query) => isHeadOfOpen(query, project.id, base), signal);
  return isProposed ? remoteBase(work, base) : undefined;
}

async function remoteBase({ project, settings, signal }: Work, branch: string): Promise<Base> {
  const { url: remoteUrl, isMooses } = await remotePlace(project, settings.dataDirectory, signal);
  const at = { repositoryPath: project.repositoryPath, remoteUrl, branch, isMooses, signal };
  return { baseBranch: branch, baseSha: await ensureRemoteCommit(at) };
}

async function namedBase(work: Work): Promise<Base | undefined> {
  const branch = work.order.settings.base ?? work.project.settings.base;
  return branch === undefined ? undefined : baseAt(work, branch);
}

async function defaultBase(work: Work, branch: string): Promise<Base> {
  const base = await baseAt(work, branch);
  return (await fileBase(work, branch, base.baseSha)) ?? base;
}

/** The branch that the file on the default branch names. What the file says on that branch is not asked again. */
async function fileBase(work: Work, branch: string | null, sha: string): Promise<Base | undefined> {
  const named = (await configAt(work.project.repositoryPath, sha, work.signal))?.base;
  return named === undefined ? undefined : baseAt(work, named, fileOn(branch));
}

async function baseAt({ project, signal }: Work, branch: string, namedBy?: string): Promise<Base> {
  const wish = { path: project.repositoryPath, branch, remote: project.remoteUrl ?? undefined, namedBy };
  return { baseBranch: branch, baseSha: await baseCommit(wish, { signal }) };
}

function noDefault({ project }: Work): never {
  throw pipelineFailures.REMOTE_WITHOUT_DEFAULT_BRANCH(
    { operation: 'find base', metadata: { projectId: project.id } },
    { place: placeOf(project), name: project.name },
  );
}

interface StackedStart {
  baseBranch: string;
  baseSha: string;
  stackedOn?: WorkOrderId;
}

/**
 * The start of a planned work order with dependencies (R-SPEC-5): the branch of the change on which it is stacked,
 * while that is not merged; otherwise the base branch of the remote, which contains all of them. Undefined if no
 * dependency has a change. @throws PermanentError `DEPENDENCY_GONE`, `DEPENDENCY_NOT_MERGED`, `DEPENDENCY_NOT_READY`
 */
export async function stackedStart(work: Work): Promise<StackedStart | undefined> {
  const { database, order, signal } = work;
  const all = await database.run((query) => lowersOf(query, order.id), signal);
  refuseHeld(order.id, all);
  const lowers = all.filter(({ number }) => number !== null);
  const lower = lowers.find(({ how }) => how === 'branch');
  if (lower && lower.state !== 'merged' && lower.branch !== null)
    return { ...(await tipOf(work, lower.branch)), stackedOn: lower.workOrderId };
  const merged = lower ?? lowers[0];
  if (!merged?.baseBranch) return undefined;
  return { ...(await tipOf(work, merged.baseBranch)), ...(await stackedOnOf(work, lower)) };
}

/** The dependency may have been merged into the branch of another one, which is not merged itself. */
async function stackedOnOf(
  { database, signal }: Work,
  lower: Lower | undefined,
): Promise<Pick<StackedStart, 'stackedOn'>> {
  if (lower === undefined) return {};
  const next = await database.run((query) => parentOf(query, lower), signal);
  const isWithin = lower.stackedOn !== null && next?.branch === lower.baseBranch;
  return { stackedOn: isWithin && lower.stackedOn ? lower.stackedOn : lower.workOrderId };
}

/** The commit on the remote, because a local branch of this name may be older. */
async function tipOf(
  { project, settings, signal }: Work,
  branch: string,
): Promise<{ baseBranch: string; baseSha: string }> {
  const { url: remoteUrl, isMooses } = await remotePlace(project, settings.dataDirectory, signal);
  const at = { repositoryPath: project.repositoryPath, remoteUrl, isMooses, branch, signal };
  return { baseBranch: branch, baseSha: await ensureRemoteCommit(at) };
}

/** A person may have started it although a dependency is not ready, or is gone. */
function refuseHeld(id: WorkOrderId, lowers: readonly Lower[]): void {
  for (const lower of lowers) {
    const isWithoutChange = lower.number === null && lower.status === 'completed';
    const held = isWithoutChange ? null : holdOfParent(lower);
    if (held?.is === 'held') throw gone(id, held.words);
    // The dependency replaces a cancelled one on which this work order was stacked.
    if (held && lower.number === null) throw notReady(id, lower);
    if (held && lower.how === 'merge') throw notMerged(id, lower);
  }
}

function gone(id: WorkOrderId, words: string): PermanentError {
  return pipelineFailures.DEPENDENCY_GONE(
    { operation: 'find base', workOrderId: id },
    { words, id: shortId(id) },
  );
}

function notReady(id: WorkOrderId, { workOrderId, title }: Lower): PermanentError {
  return pipelineFailures.DEPENDENCY_NOT_READY(
    { operation: 'find base', workOrderId: id },
    { workOrderId: shortId(workOrderId), title, id: shortId(id) },
  );
}

function notMerged(id: WorkOrderId, { workOrderId, title, number }: Lower): PermanentError {
  return pipelineFailures.DEPENDENCY_NOT_MERGED(
    { operation: 'find base', workOrderId: id },
    { number: String(number), workOrderId: shortId(workOrderId), title, id: shortId(id) },
  );
}
