// A small progress indicator of a work order, with an equivalent text.
import type { WorkOrder } from '../../../src/contract/contract.ts';
import { classNames } from './class-names.ts';
import { type StepMark, stepMarks, steps, stepWords } from './step-marks.ts';

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
    <span className="inline-flex max-w-full min-w-0 items-center gap-2">
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
