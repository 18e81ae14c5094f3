import { Check, CirclePause, CirclePlay, GitMerge, type LucideIcon, RotateCcw, Undo2, X } from 'lucide-react';
import type { ActView, WorkOrderDetail } from '../../../../src/contract/contract.ts';

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

type Acting = Pick<WorkOrderDetail, 'acts' | 'mergeability' | 'escalation_id'>;

/** What a person does next; none, if a question asks it. A merge that is known to fail is none. */
export function mainAct({ acts, mergeability, escalation_id: question }: Acting): ActView | undefined {
  if (question !== null) return undefined;
  const fitting = wanted.filter((act) => act !== 'merge' || mergeability?.is_possible === true);
  return fitting
    .map((act) => acts.find((each) => each.act === act && each.is_possible))
    .find((act) => act !== undefined);
}

/** The other actions that are possible; those that destroy something come last. */
export function otherActs({ acts }: Acting, main: ActView | undefined): ActView[] {
  return acts
    .filter((each) => each.is_possible && each !== main)
    .sort((one, other) => Number(one.is_destructive) - Number(other.is_destructive));
}
