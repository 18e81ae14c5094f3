// Looks at the remote before an act that counts: whether its base branch still has what the change contains, and whether
// others have pushed to the branch of the work order.
import type { GroundChange } from '../../../domain/work-order/ground-change.ts';
import { messageOf } from '../../../git/commit/change-to-sign.ts';
import { type ComparedHead, compareHead } from '../../../git/merge/compare-head.ts';
import { mergedTree } from '../../../git/merge/merged-tree.ts';
import { commitsAmong, isAncestor, treeOf } from '../../../git/read/revision.ts';
import { sharedCommit } from '../../../git/read/shared-commit.ts';
import { branchPrefix } from '../../../git/refs/branch-name.ts';
import { remoteBranchShas } from '../../../git/remote/remote.ts';
import { fetchMissing } from '../../../git/remote/remote-branch.ts';
import { remoteBranches, remoteHead } from '../../../git/remote/remote-head.ts';
import type { RemotePlace } from '../remote-place.ts';

/** What Moose last knew. */
export interface KnownGround {
  baseBranch: string;
  /** The base branch of `publishedSha`: the change may have been given another one since. */
  startedOn: string;
  /** See `RoutingResult`. */
  publishedSha: string | undefined;
  branch: string;
  /** Where the branch was on the remote; undefined: Moose has not pushed it. */
  remoteSha: string | undefined;
  /** The commit of the change. */
  changeSha: string;
  /** What an earlier look found on the branch, pushed by others. */
  seen?: { sha: string; baseSha: string } | undefined;
}

export interface RemoteGround {
  /** Null: the remote has no such branch. */
  baseTip: string | null;
  headTip: string | null;
  isBaseRewritten: boolean;
  /** The newest commit that the branch is known to have from its base branch: `publishedSha`, or what others brought. */
  baseSha: string | undefined;
  /** The branch is at a commit that the change does not contain; null: it is not. */
  others: (ComparedHead & { sha: string }) | null;
}

interface Place {
  repositoryPath: string;
  remote: Pick<RemotePlace, 'url' | 'isMooses'>;
  signal?: AbortSignal | undefined;
}

/** Fetches what it compares, and moves no reference. @throws as `runRemoteGit` */
export async function lookAtRemote(place: Place, known: KnownGround): Promise<RemoteGround> {
  const { baseBranch, branch, remoteSha, changeSha } = known;
  const { repositoryPath, signal } = place;
  const call = { signal };
  const found = await remoteBranchShas(whereOf(place), [branch, baseBranch]);
  const baseTip = found.get(baseBranch) ?? null;
  const headTip = found.get(branch) ?? null;
  // What Moose has taken in, or pushed since, is in `publishedSha`.
  const isSeen = headTip !== remoteSha && known.seen?.sha === headTip && known.publishedSha !== undefined;
  const baseSha = isSeen ? known.seen?.baseSha : known.publishedSha;
  await fetchMissing(whereOf(place), [
    [baseBranch, baseTip],
    [branch, headTip],
  ]);
  const here = await commitsAmong(
    repositoryPath,
    [changeSha, baseSha, remoteSha].filter((sha) => sha !== undefined),
    call,
  );
  const isKnown = baseSha !== undefined && here.has(baseSha) && baseTip !== null;
  const isBaseRewritten = isKnown && !(await isAncestor(repositoryPath, baseSha, baseTip, call));
  const isAsLeft = headTip === null || remoteSha === undefined || headTip === remoteSha;
  if (
    isAsLeft ||
    (here.has(changeSha) && (await isIn(repositoryPath, { headTip, changeSha, remoteSha }, call)))
  )
    return { baseTip, headTip, isBaseRewritten, baseSha, others: null };
  // The forge may have signed Moose's commit, and this repository may not have that one.
  const pushedSha = here.has(remoteSha) ? remoteSha : changeSha;
  // What a rewritten branch has lost is still not the work of others, nor is what one had that is gone.
  const startedFrom = baseSha !== undefined && here.has(baseSha) ? baseSha : null;
  const comparedWith = isBaseRewritten ? startedFrom : (baseTip ?? startedFrom);
  const others =
    here.has(pushedSha) && comparedWith !== null
      ? await compareHead(repositoryPath, { headSha: headTip, pushedSha, baseTip: comparedWith }, call)
      : { isOwn: false, isRewritten: true, authors: ['somebody'] };
  const brought = isKnown && !isBaseRewritten && (await sharedCommit(repositoryPath, headTip, baseTip, call));
  const isNewer = brought && (await isAncestor(repositoryPath, baseSha, brought, call));
  return {
    baseTip,
    headTip,
    isBaseRewritten,
    baseSha: isNewer ? brought : baseSha,
    others: { ...others, sha: headTip },
  };
}

/**
 * The change contains the commit, or the forge has signed it as another one: then Moose pushed it, and died before it recorded
 * that. Where the change is what Moose pushed last, a commit with the same files is somebody else's, such as an amended one.
 */
async function isIn(
  path: string,
  { headTip, changeSha, remoteSha }: { headTip: string; changeSha: string; remoteSha: string },
  call: { signal?: AbortSignal | undefined },
): Promise<boolean> {
  if (await isAncestor(path, headTip, changeSha, call)) return true;
  if (changeSha === remoteSha) return false;
  if ((await treeOf(path, headTip, call)) !== (await treeOf(path, changeSha, call))) return false;
  return (await messageOf(path, headTip, call)) === (await messageOf(path, changeSha, call));
}

function whereOf({ repositoryPath, remote: { url: remoteUrl, isMooses }, signal }: Place) {
  return { repositoryPath, remoteUrl, isMooses, signal };
}

/** More branches do not fit into a question. */
const insteadMax = 3;

/**
 * What may take the place of a base branch that is gone. `renamedTo`: the remote's default branch, if that has the
 * commit which the change contains. `others`: what a person may choose, the best first: the default branch, or what there
 * is if the remote has none.
 */
export async function basesInstead(
  place: Place,
  { baseBranch, publishedSha }: Pick<KnownGround, 'baseBranch' | 'publishedSha'>,
): Promise<{ renamedTo: string | null; others: string[] }> {
  const { repositoryPath, remote, signal } = place;
  const { defaultBranch, sha } = await remoteHead(remote.url, { signal });
  if (defaultBranch === null || sha === null || defaultBranch === baseBranch) {
    const all = await remoteBranches(remote.url, { signal });
    const others = all.filter((name) => name !== baseBranch && !name.startsWith(branchPrefix));
    return { renamedTo: null, others: others.slice(0, insteadMax) };
  }
  const others = [defaultBranch];
  if (publishedSha === undefined) return { renamedTo: null, others };
  await fetchMissing(whereOf(place), [[defaultBranch, sha]]);
  const here = await commitsAmong(repositoryPath, [publishedSha, sha], { signal });
  if (here.size < new Set([publishedSha, sha]).size) return { renamedTo: null, others };
  const hasStart = await isAncestor(repositoryPath, publishedSha, sha, { signal });
  return { renamedTo: hasStart ? defaultBranch : null, others };
}

/** Whether a merge of the change into its base branch would conflict. */
export async function conflictsWithBase(
  { repositoryPath, signal }: Pick<Place, 'repositoryPath' | 'signal'>,
  { baseTip, changeSha }: { baseTip: string; changeSha: string },
): Promise<boolean> {
  const call = { signal };
  if (await isAncestor(repositoryPath, baseTip, changeSha, call)) return false;
  return !(await mergedTree(repositoryPath, { ours: baseTip, theirs: changeSha }, call)).isClean;
}

/** What is told about it. */
export function changesOf(
  {
    baseBranch,
    startedOn,
    branch,
    publishedSha,
  }: Pick<KnownGround, 'baseBranch' | 'startedOn' | 'branch' | 'publishedSha'>,
  { baseTip, isBaseRewritten, baseSha, others }: RemoteGround,
): GroundChange[] {
  const changes: GroundChange[] = [];
  if (isBaseRewritten && baseSha !== undefined && baseTip !== null && baseBranch === startedOn)
    changes.push({ is: 'base rewritten', branch: baseBranch, from: baseSha, to: baseTip });
  if (baseTip === null && publishedSha !== undefined)
    changes.push({ is: 'base deleted', branch: baseBranch });
  if (others?.isOwn) changes.push({ is: 'head brought to base', branch, base: baseBranch, sha: others.sha });
  else if (others)
    changes.push({
      is: 'head moved',
      branch,
      by: others.authors,
      sha: others.sha,
      isRewritten: others.isRewritten,
    });
  return changes;
}
