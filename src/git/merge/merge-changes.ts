// The tree that results if several changes are merged into a base, with objects only: no working tree, no index, no ref.
import { BoundedMap } from '../../stdx/bounded-map.ts';
import { writeCommit } from '../commit/commit-object.ts';
import { mooseIdentity } from '../commit/identity.ts';
import { assertSha, isAncestor, isSha, treeOf } from '../read/revision.ts';
import type { GitCall } from '../run/git-call.ts';
import { runGit } from '../run/run-git.ts';
import { mergedTree } from './merged-tree.ts';

export interface MergedChanges {
  /** No ref points to it. */
  sha: string;
  treeSha: string;
  /** Those of the heads that git could not merge, with the paths in conflict: they are left out. */
  left: ReadonlyArray<{ head: string; paths: string[] }>;
}

/** The heads are merged in their order. */
export async function mergeChanges({
  repositoryPath,
  baseSha,
  heads,
  signal,
}: {
  repositoryPath: string;
  baseSha: string;
  heads: readonly string[];
  signal?: AbortSignal | undefined;
}): Promise<MergedChanges> {
  const call: GitCall = { signal };
  const left: Array<{ head: string; paths: string[] }> = [];
  let sha = baseSha;
  for (const head of heads) {
    if (await isAncestor(repositoryPath, head, sha, call)) continue;
    if (await isAncestor(repositoryPath, sha, head, call)) {
      sha = head;
      continue;
    }
    const { tree, isClean, conflicts } = await mergedTree(repositoryPath, { ours: sha, theirs: head }, call);
    if (!isClean) {
      left.push({ head, paths: conflicts });
      continue;
    }
    const commit = { tree, parents: [sha, head], message: 'Checked together', identity: mooseIdentity };
    sha = await writeCommit(repositoryPath, commit, call);
  }
  return { sha, treeSha: await treeOf(repositoryPath, sha, call), left };
}

/** How many are kept: each open change is compared with every other one. */
const keptBasesMax = 1_024;
/** A commit's history never changes; only a shallow repository may learn more of it. */
const keptBases = new BoundedMap<string, string>(keptBasesMax);

/** More than the open changes of a base have: it was written again, and each of them has all of its old history. */
export const learnedCommitsMax = 10_000;

const keyOf = (repositoryPath: string, one: string, other: string) => [repositoryPath, one, other].join('\0');

/**
 * Learns what `mergeBaseOf` answers for each of these commits, in one process: a base branch that moves has another one with
 * each open change. Returns the parents of the commits that those among them have and `tip` has not about which it has
 * asked git; null if there are too many.
 */
export async function learnMergeBases(
  repositoryPath: string,
  tip: string,
  heads: readonly string[],
  call: GitCall = {},
): Promise<ReadonlyMap<string, readonly string[]> | null> {
  const asked = heads.filter((head) => !keptBases.has(keyOf(repositoryPath, tip, head)));
  if (asked.length === 0) return null;
  for (const sha of [tip, ...asked]) assertSha(sha);
  const limit = `--max-count=${learnedCommitsMax}`;
  const { stdout } = await runGit(repositoryPath, ['rev-list', '--parents', limit, '--stdin'], {
    ...call,
    input: [`^${tip}`, ...asked].map((line) => `${line}\n`).join(''),
  });
  const parentsOf = new Map<string, readonly string[]>();
  for (const line of stdout.split('\n')) {
    const [sha = '', ...parents] = line.split(' ');
    if (sha !== '') parentsOf.set(sha, parents);
  }
  // There may be more of them: `mergeBaseOf` asks git about each.
  if (parentsOf.size >= learnedCommitsMax) return null;
  for (const head of asked) {
    const { met } = wayBack(head, parentsOf);
    // Several may have a newer one in common: `mergeBaseOf` asks git.
    if (met.size === 1) for (const base of met) keptBases.set(keyOf(repositoryPath, tip, head), base);
  }
  return parentsOf;
}

/** The commits on the way back from `head` that are among these, and where it leaves them. */
export function wayBack(
  head: string,
  parentsOf: ReadonlyMap<string, readonly string[]>,
): { own: ReadonlySet<string>; met: ReadonlySet<string> } {
  const met = new Set<string>();
  const own = new Set<string>();
  const seen = new Set([head]);
  for (const sha of seen) {
    const parents = parentsOf.get(sha);
    (parents === undefined ? met : own).add(sha);
    for (const parent of parents ?? []) seen.add(parent);
  }
  return { own, met };
}

/** The newest commit that both have; null if they have none in common. */
export async function mergeBaseOf(
  repositoryPath: string,
  one: string,
  other: string,
  call: GitCall = {},
): Promise<string | null> {
  const kept = keptBases.get(keyOf(repositoryPath, one, other));
  if (kept !== undefined) return kept;
  const { stdout, exitCode } = await runGit(repositoryPath, ['merge-base', one, other], {
    ...call,
    okExitCodes: [1],
  });
  if (exitCode !== 0) return null;
  const found = stdout.trim();
  if (isSha(one) && isSha(other)) keptBases.set(keyOf(repositoryPath, one, other), found);
  return found;
}
