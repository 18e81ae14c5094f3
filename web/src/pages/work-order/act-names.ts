import { Check, CirclePause, CirclePlay, GitMerge, type LucideIcon, RotateCcw, Undo2, X } from 'lucide-react';
import type { ActView } from '../../../../src/api/contract.ts';

export interface ActName {
  verb: string;
  /** On the button that does it: what it does, so that nobody has to remember the question. */
  sure: string;
  Icon: LucideIcon;
}

export const actNames: Readonly<Record<ActView['act'], ActName>> = {
  approve: { verb: 'Approve', sure: 'Approve it', Icon: Check },
  pause: { verb: 'Pause', sure: 'Pause it', Icon: CirclePause },
  resume: { verb: 'Resume', sure: 'Go on with it', Icon: CirclePlay },
  retry: { verb: 'Retry', sure: 'Start the retry', Icon: RotateCcw },
  cancel: { verb: 'Cancel', sure: 'Cancel the work order', Icon: X },
  undo: { verb: 'Undo', sure: 'Undo all of it', Icon: Undo2 },
  merge: { verb: 'Merge', sure: 'Merge the pull request', Icon: GitMerge },
};

/** What a person most likely has come for. */
const wanted: ReadonlyArray<ActView['act']> = ['approve', 'resume', 'merge', 'retry'];

export function mainAct(acts: readonly ActView[]): ActView['act'] | undefined {
  return wanted.find((act) => acts.some((each) => each.act === act && each.is_possible));
}
