import { Check, CirclePause, CirclePlay, GitMerge, type LucideIcon, RotateCcw, Undo2, X } from 'lucide-react';
import type { ActView } from '../../../../src/contract/contract.ts';

export interface ActName {
  verb: string;
  /** Label of the confirming button: states the action, so that it makes sense without the title. */
  sure: string;
  Icon: LucideIcon;
}

export const actNames: Readonly<Record<ActView['act'], ActName>> = {
  approve: { verb: 'Approve', sure: 'Approve work order', Icon: Check },
  pause: { verb: 'Pause', sure: 'Pause work order', Icon: CirclePause },
  resume: { verb: 'Resume', sure: 'Resume work order', Icon: CirclePlay },
  retry: { verb: 'Retry', sure: 'Start retry', Icon: RotateCcw },
  cancel: { verb: 'Cancel', sure: 'Cancel work order', Icon: X },
  undo: { verb: 'Undo', sure: 'Undo everything', Icon: Undo2 },
  merge: { verb: 'Merge', sure: 'Merge pull request', Icon: GitMerge },
};

/** The most likely actions, in order. */
const wanted: ReadonlyArray<ActView['act']> = ['approve', 'resume', 'merge', 'retry'];

export function mainAct(acts: readonly ActView[]): ActView['act'] | undefined {
  return wanted.find((act) => acts.some((each) => each.act === act && each.is_possible));
}
