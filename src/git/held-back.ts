// Files that were put into a worktree for the sessions in it, and that no commit may contain: not under their own names, and
// not as copies under others.
import { forbiddenAs } from './forbidden-files.ts';
import type { GitCall } from './run-git.ts';
import { listFiles } from './tree.ts';
import type { TreeChange } from './tree-diff.ts';

export interface HeldBack {
  path: string;
  /** Of its content; null: it is too short to be told from others. */
  objectId: string | null;
}

/** @throws FORBIDDEN_CHANGE for a copy, unless the parent has a file like that already */
export async function refuseCopies(
  worktreePath: string,
  heldBack: readonly HeldBack[],
  { parent, changes }: { parent: string; changes: readonly TreeChange[] },
  { signal }: GitCall,
): Promise<void> {
  const names = new Map(heldBack.map(({ path, objectId }) => [objectId, path]));
  const copies = changes.filter(({ newSha }) => names.has(newSha));
  if (copies.length === 0) return;
  const committed = new Set((await listFiles(worktreePath, parent, signal)).map(({ objectId }) => objectId));
  forbiddenAs(
    copies
      .filter(({ newSha }) => !committed.has(newSha))
      .map(({ path, newSha }) => ({
        path,
        reason: `it is a copy of ${names.get(newSha)}, which git ignores and Moose copied from the checkout`,
      })),
    'Let the change do without the content of that file.',
  );
}
