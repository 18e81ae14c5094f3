import type { Learning } from '../../../../src/contract/contract.ts';
import { badLook, goodLook } from '../../charts/series-look.ts';
import { ShareBar } from '../../charts/share-bar.tsx';
import { Card } from '../../parts/card.tsx';
import { count } from '../monitoring/words.ts';

/** How many refinement cycles attempts needed. */
export function Cycles({ cycles }: { cycles: Learning['cycles'] }) {
  const most = Math.max(1, ...cycles.map(({ attempts }) => attempts));
  return (
    <Card title="Refinement cycles per attempt">
      <ul className="flex flex-col gap-3">
        {cycles.map(({ cycles: times, attempts, successes }) => (
          <li key={times} className="flex flex-col gap-1">
            <p className="flex justify-between gap-3">
              <span className="font-medium">{cycleWords(times)}</span>
              <span className="text-[13px] text-quiet tabular-nums">{count(attempts)} attempts</span>
            </p>
            <ShareBar
              whole={most}
              show={count}
              parts={[
                { name: 'succeeded', value: successes, look: goodLook },
                { name: 'failed', value: attempts - successes, look: badLook },
              ]}
            />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function cycleWords(times: number): string {
  if (times === 0) return 'No refinement';
  return times === 1 ? '1 cycle' : `${times} cycles`;
}
