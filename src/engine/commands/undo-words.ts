// Describes what undoing an effect does, with the real names, for the undo plan. Pure.
import type * as wire from '../../contract/contract.ts';
import { shortId } from '../../domain/ids.ts';
import type { Effect } from '../../store/work/sessions/effects.ts';
import type { WorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { undoPlan } from '../run/effects/undo-effects.ts';

export function undoSteps(
  effects: readonly Effect[],
  order: Pick<WorkOrder, 'id'>,
): wire.UndoPlan['steps'][number][] {
  return undoPlan(effects).map(({ kind, state, detail }) => ({
    kind,
    state,
    does: whatUndoingDoes(kind, detail, order),
  }));
}

/** The ref under which Moose preserves what it removes. */
export function preservedRef({ id }: Pick<WorkOrder, 'id'>): string {
  return `refs/moose/preserved/${shortId(id)}`;
}

function whatUndoingDoes(
  kind: string,
  detail: Record<string, unknown>,
  order: Pick<WorkOrder, 'id'>,
): string {
  const kept = preservedRef(order);
  switch (kind) {
    case 'pull_request':
      return detail.isMerged
        ? `leaves pull request ${detail.number}, which is merged: revert it yourself`
        : `closes pull request ${detail.number ?? ''}`.trim();
    case 'push':
      return `deletes ${detail.branch} on ${detail.remote}`;
    case 'branch':
      return `deletes the local branch ${detail.branch}; its commits are kept under ${kept}`;
    case 'worktree':
      return `removes ${detail.worktreePath}; uncommitted changes in it are kept under ${kept}`;
    case 'session':
      return `ends the process of ${detail.name}`;
    case 'hold':
      return 'releases the reserved money';
    default:
      return `undoes ${kind}`;
  }
}
