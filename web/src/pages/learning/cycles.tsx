import type { Learning } from '../../../../src/api/contract.ts';
import { badLook, goodLook } from '../../charts/series-look.ts';
import { ShareBar } from '../../charts/share-bar.tsx';
import { Card } from '../../parts/card.tsx';
import { count } from '../monitoring/words.ts';

/** How often work had to be gone over again before it held. */
export function Cycles({ cycles }: { cycles: Learning['cycles'] }) {
  const most = Math.max(1, ...cycles.map(({ attempts }) => attempts));
  return (
    <Card title="How often it was gone over again">
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
                { name: 'went well', value: successes, look: goodLook },
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
  if (times === 0) return 'At the first go';
  return times === 1 ? 'Gone over once' : `Gone over ${times} times`;
}
