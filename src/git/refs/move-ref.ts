import { noSha, refSha } from '../read/revision.ts';
import type { GitCall } from '../run/git-call.ts';
import { runGit } from '../run/run-git.ts';

export interface RefMove {
  /** A full name (`refs/…`), or HEAD for the branch that is checked out. */
  ref: string;
  /** The expected commit; null if the ref should not exist yet. */
  from: string | null;
  /** Null deletes the ref. */
  to: string | null;
  /** The message in the reflog. */
  because: string;
}

/**
 * Moves, creates or deletes a ref that is at the expected commit. If git was stopped after it had done so, that counts
 * as success.
 * @throws REF_MOVED
 */
export async function moveRef(
  path: string,
  { ref, from, to, because }: RefMove,
  call: GitCall,
): Promise<void> {
  const target = to === null ? ['-d', ref] : [ref, to];
  const args = ['update-ref', '-m', because, ...target, from ?? noSha];
  await runGit(path, args, { ...call, isDone: async () => (await refSha(path, ref, call)) === to });
}
