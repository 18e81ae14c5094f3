// Describes what undoing an effect does, with the real names, for the undo plan. Pure.
import type * as wire from '../../contract/contract.ts';
import { shortId } from '../../domain/ids.ts';
import { namesOf } from '../../domain/work-order/ground-change.ts';
import type { Effect } from '../../store/work/sessions/effects.ts';
import type { WorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { undoPlan } from '../run/effects/undo-effects.ts';
import { othersIn } from '../run/ground/known-ground.ts';

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

const allUndone = 'everything was undone';

/** In one sentence what an undo did, with what it left to others, and why. Pure. */
export function undoneBecause(effects: readonly Pick<Effect, 'state' | 'detail'>[]): string {
  const left = effects.flatMap(({ state, detail }) =>
    state === 'done' && typeof detail.left === 'string' ? detail.left : [],
  );
  if (left.length === 0) return allUndone;
  return `${allUndone} except ${left.join(', and ')}: delete what nobody needs any more`;
}

/** Whether these are the words of an undo that left something. */
export const leftSomething = (because: string | null): boolean =>
  because?.startsWith(`${allUndone} except`) === true;

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
  if (typeof detail.left === 'string') return `leaves ${detail.left}, unless it has only Moose's commits now`;
  switch (kind) {
    case 'pull_request':
      return detail.isMerged
        ? `leaves pull request ${detail.number}, which is merged: revert it yourself`
        : `closes pull request ${detail.number ?? ''}`.trim();
    case 'push':
      return othersIn({ detail }).length > 0
        ? `leaves ${detail.branch} on ${detail.remote}, which has commits of ${namesOf(othersIn({ detail }))}`
        : `deletes ${detail.branch} on ${detail.remote}, unless others have pushed to it`;
    case 'branch':
      return `deletes the local branch ${detail.branch}, unless others have committed to it; its commits are kept under ${kept}`;
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
