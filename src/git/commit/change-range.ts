// Which commits a person means by a range such as `main..HEAD`, or by the files of a worktree.
import { gitFailures } from '../failure-catalogue.ts';
import { commitMissing } from '../read/revision.ts';
import { sharedCommit } from '../read/shared-commit.ts';
import type { GitCall } from '../run/git-call.ts';
import { runGit } from '../run/run-git.ts';
import { writeCommit } from './commit-object.ts';
import { mooseIdentity } from './identity.ts';
import { withScratchIndex } from './scratch-index.ts';

export interface ChangeRange {
  /** The last commit that both sides have. */
  baseSha: string;
  headSha: string;
}

/** The branches that a change is usually made for, in the order in which they are looked for. */
const usualBases = [
  'refs/remotes/origin/HEAD',
  'refs/remotes/origin/main',
  'refs/remotes/origin/master',
  'refs/heads/main',
  'refs/heads/master',
];

/**
 * `range`: `BASE..HEAD`, `BASE...HEAD`, or `BASE` alone. Undefined: what the checked-out branch adds to the main branch, or
 * its last commit if it adds nothing. `isOfWorktree`: the head is a new commit, which no ref names, of all files that git does
 * not ignore.
 * @throws PermanentError `RANGE_INVALID`, `COMMIT_MISSING`, `RANGE_UNRELATED`
 */
export async function changeRange(
  root: string,
  { range, isOfWorktree }: { range: string | undefined; isOfWorktree: boolean },
  call: GitCall = {},
): Promise<ChangeRange> {
  const [from, to] = sidesOf(range);
  const checkedOut = await commitOf(root, to, call);
  if (from !== null) {
    const baseSha = await sharedOf(root, [from, await commitOf(root, from, call)], [to, checkedOut], call);
    return { baseSha, headSha: isOfWorktree ? await worktreeCommit(root, checkedOut, call) : checkedOut };
  }
  const usual = await usualBase(root, checkedOut, call);
  if (isOfWorktree)
    return { baseSha: usual ?? checkedOut, headSha: await worktreeCommit(root, checkedOut, call) };
  return { baseSha: usual ?? (await commitOf(root, `${to}~1`, call)), headSha: checkedOut };
}

/** Null: no side is given. */
function sidesOf(range: string | undefined): [from: string | null, to: string] {
  if (range === undefined) return [null, 'HEAD'];
  const [, from = '', to = ''] = /^(.*?)(?:\.{2,3}(.*))?$/s.exec(range) ?? [];
  const isName = (name: string) => /^[^-\s\p{Cc}][^\s\p{Cc}]*$/u.test(name) && !name.includes('..');
  if (!isName(from) || (to !== '' && !isName(to)))
    throw gitFailures.RANGE_INVALID('read range', { range: JSON.stringify(range) });
  return [from, to === '' ? 'HEAD' : to];
}

async function commitOf(root: string, revision: string, call: GitCall): Promise<string> {
  const args = ['rev-parse', '--verify', '--quiet', `${revision}^{commit}`];
  const { stdout, exitCode } = await runGit(root, args, { ...call, okExitCodes: [1, 128] });
  if (exitCode === 0) return stdout.trim();
  throw commitMissing(root, revision);
}

async function sharedOf(
  root: string,
  [baseName, base]: readonly [string, string],
  [headName, head]: readonly [string, string],
  call: GitCall,
): Promise<string> {
  const shared = await sharedCommit(root, base, head, call);
  if (shared !== null) return shared;
  throw gitFailures.RANGE_UNRELATED('read range', { base: baseName, head: headName });
}

/** Null if the commit adds nothing to the first of them, or none exists. */
async function usualBase(root: string, head: string, call: GitCall): Promise<string | null> {
  for (const ref of usualBases) {
    const args = ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`];
    const { stdout, exitCode } = await runGit(root, args, { ...call, okExitCodes: [1, 128] });
    if (exitCode !== 0) continue;
    const shared = await sharedCommit(root, stdout.trim(), head, call);
    return shared === head ? null : shared;
  }
  return null;
}

async function worktreeCommit(root: string, parent: string, call: GitCall): Promise<string> {
  return withScratchIndex(root, parent, call, async (index) => {
    const { modified, untracked, deleted } = await index.changes();
    await index.stage({ present: [...modified, ...untracked], deleted });
    const tree = await index.writeTree();
    const message = 'The files of the worktree';
    return writeCommit(root, { tree, parents: [parent], message, identity: mooseIdentity }, call);
  });
}
