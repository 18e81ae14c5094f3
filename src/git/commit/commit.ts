// Makes exactly one commit of what an agent left in its worktree, or refuses and changes nothing. A crash leaves either
// no commit or the complete one, which the next call adopts.

import { realpath } from 'node:fs/promises';
import type { PermanentError } from '../../domain/failure.ts';
import type { GitPerson } from '../../domain/forge/git-person.ts';
import type { SecretPolicy } from '../../domain/secrets/secret-in-change.ts';
import { redact } from '../../domain/text/redact.ts';
import { gitFailures } from '../failure-catalogue.ts';
import { assertSha, isAncestor } from '../read/revision.ts';
import { diffTrees, learnDiff, type TreeChange } from '../read/tree-diff.ts';
import { moveRef } from '../refs/move-ref.ts';
import { withFileFailures } from '../run/file-failure.ts';
import type { GitCall } from '../run/git-call.ts';
import { checkoutTimeoutMs, runGit } from '../run/run-git.ts';
import { removeStaleLocks } from '../run/stale-lock.ts';
import { readySessionRepository } from '../sessions/session-repository.ts';
import { headState } from '../worktree/head-state.ts';
import { type HeldBack, refuseCopies } from '../worktree/held-back.ts';
import { commonGitDir, worktreeGitDir } from '../worktree/worktree-list.ts';
import { refuseAddedSecrets } from './added-secrets.ts';
import { writeCommit } from './commit-object.ts';
import { forbiddenAmong, refuse } from './forbidden-files.ts';
import { commitIdentity, moose } from './identity.ts';
import { unportableAmong } from './portable-names.ts';
import { restoreForm } from './restore-form.ts';
import { type Staged, type StageRequest, stageChanges } from './stage-changes.ts';
import { refuseUnpublished } from './submodule-pointers.ts';
import { hasTrailers, type Trailers, withTrailers } from './trailers.ts';
import { refuseUnfiltered } from './unfiltered.ts';

export { restoreTracked } from '../worktree/working-files.ts';

export interface Commit {
  sha: string;
  treeSha: string;
  /** Compared with the commit's parent. */
  changedFiles: string[];
  /** New files that tools drop beside their work, which it leaves out. */
  leftOut: string[];
}

/**
 * `expectedParent` becomes the commit's parent. The files of the worktree are what counts, whatever the agent has
 * committed, on whichever branch, in the repository that it sees.
 */
export interface CommitRequest extends StageRequest {
  /** The repository of the worktree. */
  repositoryPath: string;
  /** The branch of the worktree. */
  branch: string;
  message: string;
  trailers: Trailers;
  /** Moose's account on the project's forge; by default the name `Moose`. */
  committer?: GitPerson | undefined;
  /** Values that look like secrets are refused too, unless this policy allows them. */
  secrets?: SecretPolicy | undefined;
  /** False if the form of files is what the change is about: line endings, byte-order marks, modes. */
  keepsForm?: boolean;
  /** Filters of the repository's own configuration that the project names. */
  filters?: readonly string[];
  /** The name in `refs/moose/preserved/<preserveAs>` for commits of submodules that are refused. */
  preserveAs?: string;
  /** Files that the commit leaves out. A copy of one under another name is refused. */
  heldBack?: readonly HeldBack[];
  /** If the repository is a mirror, the address that it has its branches from. */
  remoteAddress?: string | null;
  signal?: AbortSignal | undefined;
}

/** Null if nothing changed. @throws WORKTREE_MOVED, FORBIDDEN_CHANGE, SECRET_IN_CHANGE */
export async function commitAll(request: CommitRequest): Promise<Commit | null> {
  const { worktreePath, expectedParent, signal } = request;
  assertSha(expectedParent);
  const call: GitCall = { signal, timeoutMs: checkoutTimeoutMs };
  return withFileFailures('commit', signal, async () => {
    const { branch } = request;
    const head = await assertHead(request, branch, call);
    await clearLocks(worktreePath, branch, call);
    const { heldBack = [] } = request;
    const excludePaths = [...(request.excludePaths ?? []), ...heldBack.map(({ path }) => path)];
    const staging = { ...request, excludePaths };
    const first = await stageChanges(staging, call, async (staged) => {
      const changes = await diffTrees(worktreePath, expectedParent, staged.treeSha, call);
      if (request.keepsForm !== false && (await restoreForm(worktreePath, changes, call)).length > 0)
        return 'written again';
      return commitStaged(request, head, staged, changes, call);
    });
    if (first !== 'written again') return first;
    return stageChanges(staging, call, async (staged) => {
      const changes = await diffTrees(worktreePath, expectedParent, staged.treeSha, call);
      return commitStaged(request, head, staged, changes, call);
    });
  });
}

async function commitStaged(
  request: CommitRequest,
  head: string,
  { treeSha, leftOut, indexCall, adoptIndex }: Staged,
  changes: readonly TreeChange[],
  call: GitCall,
): Promise<Commit | null> {
  const { worktreePath, expectedParent, heldBack = [] } = request;
  if (changes.length === 0) return null;
  refuse(await forbiddenAmong(request, changes, call));
  refuse(await unportableAmong(worktreePath, { from: expectedParent, to: treeSha }, changes, call));
  const { filters = [] } = request;
  await refuseUnfiltered(
    { worktreePath, parent: expectedParent, treeSha, indexCall, changes, filters },
    call,
  );
  await refuseUnpublished(request, changes, call);
  await refuseCopies(worktreePath, heldBack, { parent: expectedParent, changes }, call);
  await refuseAddedSecrets(
    worktreePath,
    { from: expectedParent, to: treeSha, policy: request.secrets },
    changes,
    call,
  );
  const changedFiles = changes.map((change) => change.path);
  if (head !== expectedParent && (await isOurCommit(request, head, treeSha, call))) {
    await adoptIndex();
    await readySessionRepository(request);
    return { sha: head, treeSha, changedFiles, leftOut };
  }
  const message = withTrailers(redact(request.message), request.trailers);
  const identity = await commitIdentity(worktreePath, request.committer ?? moose, call);
  const sha = await writeCommit(
    worktreePath,
    { tree: treeSha, parents: [expectedParent], message, identity },
    call,
  );
  learnDiff(expectedParent, sha, changes);
  // The index is updated first: after a crash in between, the change looks staged, never reverted.
  await adoptIndex();
  await moveRef(worktreePath, { ref: 'HEAD', from: head, to: sha, because: 'moose: commit' }, call);
  await readySessionRepository(request);
  return { sha, treeSha, changedFiles, leftOut };
}

/** Sessions cannot move the branch, so only an earlier call of Moose can have committed to it. */
async function assertHead(
  { worktreePath, expectedParent }: CommitRequest,
  branch: string,
  call: GitCall,
): Promise<string> {
  const { branch: actualBranch, sha: head } = await headState(worktreePath, call);
  const evidence = { worktreePath, expectedBranch: branch, actualBranch, expectedParent, headSha: head };
  if (actualBranch !== branch || head === null) throw moved(`it is not on ${branch}`, evidence);
  if (head === expectedParent || (await isAncestor(worktreePath, expectedParent, head, call))) return head;
  throw moved(
    `the history of ${branch} was rewritten: ${expectedParent} is not an ancestor of ${head}`,
    evidence,
  );
}

async function clearLocks(worktreePath: string, branch: string, call: GitCall): Promise<void> {
  const commonDir = await commonGitDir(worktreePath, call);
  const gitDir = await worktreeGitDir(worktreePath, call);
  await removeStaleLocks(
    { worktreePath: await realpath(worktreePath), gitDir, commonDir, branch },
    call.signal,
  );
}

/** A commit that an earlier call made but could not report: its parent, files and trailers are as requested. */
async function isOurCommit(
  request: CommitRequest,
  head: string,
  treeSha: string,
  call: GitCall,
): Promise<boolean> {
  const { stdout } = await runGit(
    request.worktreePath,
    ['show', '--no-patch', '--no-show-signature', '--format=%P%x00%T%x00%B', head],
    call,
  );
  const [parents, tree, body = ''] = stdout.split('\0');
  return parents === request.expectedParent && tree === treeSha && hasTrailers(body, request.trailers);
}

function moved(fault: string, evidence: Record<string, unknown>): PermanentError {
  return gitFailures.WORKTREE_MOVED({ operation: 'commit', metadata: evidence }, { fault });
}
