// Explains to people what blocks a stacked change: it is merged only after the change below it (R-SPEC-5). Pure.
import { shortId } from '../../domain/ids.ts';
import type { Below } from '../../store/work/stacks.ts';

export interface HeldByParent {
  /** `waits`: it continues once the lower change is merged. `held`: a person decides. */
  is: 'waits' | 'held';
  words: string;
}

/** Null if no lower change blocks it. */
export function heldByParent(below: Below | undefined): HeldByParent | null {
  if (below === undefined) return null;
  const { workOrderId, title, number, state, status, isReverted } = below;
  const order = `work order ${shortId(workOrderId)} ("${title}")`;
  const lower = number === null ? order : `pull request ${number} of ${order}`;
  const held = (what: string): HeldByParent => ({
    is: 'held',
    words: `It is based on ${lower}, which ${what}, so it is not merged. Cancel it, or continue it by hand.`,
  });
  if (isReverted) return held('was reverted after its merge');
  if (state === 'merged') return null;
  if (state === 'closed') return held('was closed without a merge');
  if (status === 'cancelled' || status === 'failed') return held(`is ${status}`);
  return { is: 'waits', words: `It is based on ${lower}, which has to be merged first.` };
}
