// Looks at the remote before an act that counts: whether its base branch still has what the change contains, and whether
// others have pushed to the branch of the work order.
import type { GroundChange } from '../../../domain/work-order/ground-change.ts';
import { type ComparedHead, compareHead } from '../../../git/merge/compare-head.ts';
import { mergedTree } from '../../../git/merge/merged-tree.ts';
import { commitsAmong, isAncestor, treeOf } from '../../../git/read/revision.ts';
import { remoteBranchShas } from '../../../git/remote/remote.ts';
import { fetchBranch } from '../../../git/remote/remote-branch.ts';
import { remoteHead } from '../../../git/remote/remote-head.ts';
import type { RemotePlace } from '../remote-place.ts';

/** What Moose last knew. */
export interface KnownGround {
  baseBranch: string;
  /** See `RoutingResult`. */
  publishedSha: string | undefined;
  branch: string;
  /** Where the branch was on the remote; undefined: Moose has not pushed it. */
  remoteSha: string | undefined;
  /** The commit of the change. */
  changeSha: string;
}

export interface RemoteGround {
  /** Null: the remote has no such branch. */
  baseTip: string | null;
  headTip: string | null;
  isBaseRewritten: boolean;
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
  const { baseBranch, publishedSha, branch, remoteSha, changeSha } = known;
  const { repositoryPath, signal } = place;
  const call = { signal };
  const found = await remoteBranchShas(whereOf(place), [branch, baseBranch]);
  const baseTip = found.get(baseBranch) ?? null;
  const headTip = found.get(branch) ?? null;
  await fetchMissing(place, [
    [baseBranch, baseTip],
    [branch, headTip],
  ]);
  const here = await commitsAmong(
    repositoryPath,
    [changeSha, publishedSha, remoteSha].filter((sha) => sha !== undefined),
    call,
  );
  const isKnown = publishedSha !== undefined && here.has(publishedSha) && baseTip !== null;
  const isBaseRewritten = isKnown && !(await isAncestor(repositoryPath, publishedSha, baseTip, call));
  const isAsLeft = headTip === null || remoteSha === undefined || headTip === remoteSha;
  if (isAsLeft || (here.has(changeSha) && (await isIn(repositoryPath, { headTip, changeSha }, call))))
    return { baseTip, headTip, isBaseRewritten, others: null };
  // The forge may have signed Moose's commit, and this repository may not have that one.
  const pushedSha = here.has(remoteSha) ? remoteSha : changeSha;
  const others =
    here.has(pushedSha) && baseTip !== null
      ? await compareHead(repositoryPath, { headSha: headTip, pushedSha, baseTip }, call)
      : { isOwn: false, isRewritten: true, authors: [] };
  return { baseTip, headTip, isBaseRewritten, others: { ...others, sha: headTip } };
}

/** The change contains the commit, or has the same files: then Moose pushed it, and died before it recorded that. */
async function isIn(
  path: string,
  { headTip, changeSha }: { headTip: string; changeSha: string },
  call: { signal?: AbortSignal | undefined },
): Promise<boolean> {
  if (await isAncestor(path, headTip, changeSha, call)) return true;
  return (await treeOf(path, headTip, call)) === (await treeOf(path, changeSha, call));
}

async function fetchMissing(place: Place, branches: ReadonlyArray<[string, string | null]>): Promise<void> {
  const shas = branches.flatMap(([, sha]) => sha ?? []);
  if (shas.length === 0) return;
  const here = await commitsAmong(place.repositoryPath, shas, { signal: place.signal });
  for (const [branch, sha] of branches)
    if (sha !== null && !here.has(sha)) await fetchBranch({ ...whereOf(place), branch });
}

function whereOf({ repositoryPath, remote: { url: remoteUrl, isMooses }, signal }: Place) {
  return { repositoryPath, remoteUrl, isMooses, signal };
}

/**
 * The branch that a missing base branch was renamed to: the remote's default branch, if that has the commit which the
 * change contains. Null if there is none.
 */
export async function renamedBase(
  place: Place,
  { baseBranch, publishedSha }: Pick<KnownGround, 'baseBranch' | 'publishedSha'>,
): Promise<string | null> {
  const { repositoryPath, remote, signal } = place;
  const { defaultBranch, sha } = await remoteHead(remote.url, { signal });
  if (publishedSha === undefined || defaultBranch === null || sha === null || defaultBranch === baseBranch)
    return null;
  await fetchMissing(place, [[defaultBranch, sha]]);
  const here = await commitsAmong(repositoryPath, [publishedSha, sha], { signal });
  if (here.size < new Set([publishedSha, sha]).size) return null;
  return (await isAncestor(repositoryPath, publishedSha, sha, { signal })) ? defaultBranch : null;
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
  { baseBranch, branch, publishedSha }: Pick<KnownGround, 'baseBranch' | 'branch' | 'publishedSha'>,
  { baseTip, isBaseRewritten, others }: RemoteGround,
): GroundChange[] {
  const changes: GroundChange[] = [];
  if (isBaseRewritten && publishedSha !== undefined && baseTip !== null)
    changes.push({ is: 'base rewritten', branch: baseBranch, from: publishedSha, to: baseTip });
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
