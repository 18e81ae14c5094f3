// Where a work order stands on its way, as a small picture that says the same in words.
import type { WorkOrder } from '../../../src/api/contract.ts';
import { classNames } from './class-names.ts';

type Step = NonNullable<WorkOrder['step']>;
export type StepMark = 'done' | 'here' | 'stopped' | 'ahead';

const steps: readonly Step[] = ['routing', 'generating', 'applying', 'verifying', 'creating_pr', 'tracking'];

export const stepTitles: Readonly<Record<Step, string>> = {
  routing: 'Routing',
  generating: 'Generating',
  applying: 'Applying',
  verifying: 'Verifying',
  creating_pr: 'Creating pull request',
  tracking: 'Tracking',
  awaiting_ci: 'Waiting for CI',
};

/** A mark for each of the six steps; CI is waited for after the last. */
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
  if (step === null) return 'Not begun';
  return stepTitles[step];
}

const looks: Readonly<Record<StepMark, string>> = {
  done: 'bg-good',
  here: 'bg-info animate-pulse',
  stopped: 'bg-bad',
  ahead: 'bg-line',
};

export function StepProgress({ order }: { order: Pick<WorkOrder, 'status' | 'step'> }) {
  const marks = stepMarks(order);
  const at = marks.findIndex((mark) => mark === 'here' || mark === 'stopped');
  return (
    <span className="inline-flex min-w-0 items-center gap-2">
      <span aria-hidden className="flex shrink-0 gap-0.5">
        {marks.map((mark, index) => (
          <span key={steps[index]} className={classNames('h-1.5 w-3.5 rounded-full', looks[mark])} />
        ))}
      </span>
      <span className="truncate text-[13px] text-quiet">
        {stepWords(order)}
        {at === -1 ? null : <span className="sr-only">{`, step ${at + 1} of ${steps.length}`}</span>}
      </span>
    </span>
  );
}
