// Keeps work under refs/moose/preserved/<id> before anything is deleted (R-PIPE-14). There is one ref per ID: earlier
// content stays reachable from newer content.

import { dirname, join } from 'node:path';
import { PermanentError } from '../../domain/failure.ts';
import { syncFolder } from '../../stdx/files/durable-files.ts';
import { writeCommit } from '../commit/commit-object.ts';
import { mooseIdentity } from '../commit/identity.ts';
import { gitFailures } from '../failure-catalogue.ts';
import { isAncestor, refSha, treeOf } from '../read/revision.ts';
import type { GitCall } from '../run/git-call.ts';
import { commonGitDir } from '../worktree/worktree-list.ts';
import { moveRef } from './move-ref.ts';

const preservedPrefix = 'refs/moose/preserved/';
/** How often to retry if other processes move the ref at the same time. */
const maxMoves = 5;

export function preservedRef(id: string): string {
  if (!/^[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?!\.|lock$|$))*$/.test(id) || id.length > 200) {
    throw gitFailures.PRESERVE_ID_INVALID('preserve', { id: JSON.stringify(id.slice(0, 120)) });
  }
  return `${preservedPrefix}${id}`;
}

/** Makes a commit and its ancestors reachable from the ref of `id`. Idempotent. */
export async function keepCommit(
  repositoryPath: string,
  sha: string,
  id: string,
  call: GitCall = {},
): Promise<string> {
  const ref = preservedRef(id);
  for (let move = 1; ; move += 1) {
    // Usually the ref does not exist yet; if it does, creating it fails and the next round reads it.
    const before = move === 1 ? null : await refSha(repositoryPath, ref, call);
    if (before !== null && (await isAncestor(repositoryPath, sha, before, call))) return before;
    const after = await joined(repositoryPath, sha, before, call);
    try {
      await moveRef(repositoryPath, { ref, from: before, to: after, because: 'moose: preserved' }, call);
      // What is kept is removed elsewhere now, and git flushes a reference, but not the name that it gives it.
      await syncFolder(dirname(join(await commonGitDir(repositoryPath, call), ref)));
      return after;
    } catch (error) {
      if (!(error instanceof PermanentError) || error.code !== 'REF_MOVED' || move >= maxMoves) throw error;
    }
  }
}

/** `sha` itself if it contains `before`; otherwise a commit with its files and both as parents. */
async function joined(
  repositoryPath: string,
  sha: string,
  before: string | null,
  call: GitCall,
): Promise<string> {
  if (before === null || (await isAncestor(repositoryPath, before, sha, call))) return sha;
  const tree = await treeOf(repositoryPath, sha, call);
  const message = 'Work preserved by Moose, with what was preserved before it';
  return writeCommit(
    repositoryPath,
    { tree, parents: [sha, before], message, identity: mooseIdentity },
    call,
  );
}
