// Explains to people what blocks a stacked change: it is merged only after the parent change (R-SPEC-5). Pure.
import { shortId } from '../../../domain/ids.ts';
import type { ParentChange } from '../../../store/work/plans/stacks.ts';

export interface ParentHold {
  /** `waits`: it continues once the parent change is merged. `held`: a person decides. */
  is: 'waits' | 'held';
  words: string;
}

/** Null if the parent change does not block it. */
export function holdOfParent(parent: ParentChange | undefined): ParentHold | null {
  if (parent === undefined) return null;
  const { workOrderId, title, number, state, status, isReverted } = parent;
  const order = `work order ${shortId(workOrderId)} ("${title}")`;
  const lower = number === null ? order : `pull request ${number} of ${order}`;
  const held = (what: string): ParentHold => ({
    is: 'held',
    words: `It is based on ${lower}, which ${what}, so it is not merged. Cancel it, or continue it by hand.`,
  });
  if (isReverted) return held('was reverted after its merge');
  if (state === 'merged') return null;
  if (state === 'closed') return held('was closed without a merge');
  if (status === 'cancelled' || status === 'failed') return held(`is ${status}`);
  return { is: 'waits', words: `It is based on ${lower}, which has to be merged first.` };
}
