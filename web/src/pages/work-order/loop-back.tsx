import { ChevronDown, RotateCcw } from 'lucide-react';
import { Words } from '../../parts/words.tsx';
import { type CycleOfRun, stepName, type TrackStep } from './runs-of.ts';

export interface LoopBackProps {
  from: CycleOfRun;
  to: CycleOfRun;
  steps: readonly TrackStep[];
}

/** From the step that sent the work back to the step where it restarts: an arrow on wide screens, words on phones. */
export function LoopBack({ from, to, steps }: LoopBackProps) {
  const begins = to.stations[0]?.step ?? 'generating';
  const ended = from.stations.findLast(({ state }) => state === 'sent_back') ?? from.stations.at(-1);
  const start = Math.max(0, steps.indexOf(begins));
  const end = Math.max(start, steps.indexOf(ended?.step ?? begins));
  const middle = (column: number) => `${((column + 0.5) / steps.length) * 100}%`;
  const [{ cycles_max: most = null, because = null } = {}] = to.stations.filter(
    (each) => each.because != null,
  );
  const words = `back to ${stepName(begins)}, cycle ${to.cycle}${most === null ? '' : ` of ${most}`}`;
  return (
    <div className="relative my-1 sm:h-14">
      <div aria-hidden className="hidden sm:block">
        <span
          className="absolute top-0 h-6 rounded-br-xl border-r-2 border-b-2 border-dashed border-warn"
          style={{ left: `calc(${middle(start)} + 11px)`, right: `calc(100% - ${middle(end)} - 1px)` }}
        />
        <span
          className="absolute top-[22px] h-6 w-3 rounded-tl-xl border-t-2 border-l-2 border-dashed border-warn"
          style={{ left: `calc(${middle(start)} - 1px)` }}
        />
        <ChevronDown
          size={18}
          className="absolute top-[40px] -translate-x-1/2 text-warn"
          style={{ left: middle(start) }}
        />
      </div>
      <p
        className="ml-[19px] flex items-center gap-1.5 border-l-2 border-dashed border-warn py-2 pl-5 text-[13px] text-warn sm:absolute sm:top-[11px] sm:ml-0 sm:-translate-x-1/2 sm:border-0 sm:bg-surface sm:px-2 sm:py-0"
        style={{ left: `${((start + end + 1) / 2 / steps.length) * 100}%` }}
      >
        <RotateCcw aria-hidden size={13} />
        {words}
        {because === null ? null : (
          <>
            : <Words text={because} />
          </>
        )}
      </p>
    </div>
  );
}
