// Removes a work order's worktree. If it has what git cannot store, a person is told where it is now.
import { shortId, type WorkOrderId } from '../../../domain/ids.ts';
import { removeWorktree } from '../../../git/worktree/worktree.ts';
import type { Database } from '../../../store/database.ts';
import { recordEvent } from '../../../store/work/work-orders/work-orders.ts';

export interface KeptRemoval {
  workOrderId: WorkOrderId;
  repositoryPath: string;
  worktreePath: string;
  signal?: AbortSignal | undefined;
}

export async function removeKeptWorktree(
  { database }: { database: Database },
  { workOrderId, ...at }: KeptRemoval,
): Promise<void> {
  const { setAside } = await removeWorktree({ ...at, preserveAs: shortId(workOrderId) });
  if (setAside === null) return;
  const reason = `The worktree has what git cannot store, such as a repository inside of it: it is kept in ${setAside}.`;
  const event = {
    workOrderId,
    kind: 'worktree.set_aside',
    actor: 'moose',
    reason,
    detail: { path: setAside },
  };
  await database.transaction((query) => recordEvent(query, event));
}
