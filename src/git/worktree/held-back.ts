// Files that were put into a worktree for its sessions. No commit may contain them, under their own names or as copies
// under other names.
import { forbiddenAs } from '../commit/forbidden-files.ts';
import { listFiles } from '../read/tree.ts';
import type { TreeChange } from '../read/tree-diff.ts';
import type { GitCall } from '../run/git-call.ts';

export interface HeldBack {
  path: string;
  /** The hash of the content; null if the content is too short to recognise copies of it. */
  objectId: string | null;
}

/** @throws FORBIDDEN_CHANGE for a copy, unless the parent already contains a file with the same content */
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
