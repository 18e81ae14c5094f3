import { noSha, refSha } from './revision.ts';
import { type GitCall, runGit } from './run-git.ts';

export interface RefMove {
  /** In full (`refs/…`), or HEAD for the branch that is checked out. */
  ref: string;
  /** Where it is expected to be; null: nowhere yet. */
  from: string | null;
  /** Null: it is deleted. */
  to: string | null;
  /** What the reference's own log says. */
  because: string;
}

/**
 * Moves, makes or deletes a reference that is where it is expected to be. A git that was ended after it had done so
 * counts as one that did it. @throws REF_MOVED
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
