// The seven steps of a work order and the state of each.
import type { WorkOrder } from '../../../src/contract/contract.ts';

type Step = NonNullable<WorkOrder['step']>;
export type StepMark = 'done' | 'here' | 'stopped' | 'ahead';

export const steps: readonly Step[] = [
  'routing',
  'preparing',
  'generating',
  'applying',
  'verifying',
  'creating_pr',
  'tracking',
];

export const stepTitles: Readonly<Record<Step, string>> = {
  routing: 'Routing',
  preparing: 'Preparing',
  generating: 'Generating',
  applying: 'Applying',
  verifying: 'Verifying',
  creating_pr: 'Creating pull request',
  tracking: 'Tracking',
  awaiting_ci: 'Waiting for CI',
};

/** One mark per step; waiting for CI comes after the last. */
export function stepMarks({ status, step }: Pick<WorkOrder, 'status' | 'step'>): StepMark[] {
  if (status === 'completed' || step === 'awaiting_ci') return steps.map(() => 'done');
  const at = step === null ? -1 : steps.indexOf(step);
  const isMoving = status === 'in_progress' || status === 'pending';
  return steps.map((_, index) => {
    if (step === null || index > at) return 'ahead';
    if (index < at) return 'done';
    return isMoving ? 'here' : 'stopped';
  });
}

export function stepWords({ status, step }: Pick<WorkOrder, 'status' | 'step'>): string {
  if (status === 'completed') return 'All steps done';
  if (step === null) return 'Not started';
  return stepTitles[step];
}
