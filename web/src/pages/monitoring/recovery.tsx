import type { Range, Trends } from '../../../../src/contract/contract.ts';
import { Card } from '../../parts/card.tsx';
import { Empty } from '../../parts/states.tsx';
import { duration } from '../../parts/time.tsx';
import { Answered } from './answered.tsx';
import { useTrends } from './queries.ts';
import { count, percent, spaced } from './words.ts';

export function RecoveryCard({ range }: { range: Range }) {
  const trends = useTrends(range);
  return (
    <Card title={`Recovery, last ${range}`} className="min-w-0" isFlush>
      <Answered query={trends} what="the recoveries">
        {({ recovery }) =>
          recovery.failures === 0 ? (
            <Empty title="No failures to recover from">
              How Moose handled failures appears here: which strategy, how often, and whether it worked.
            </Empty>
          ) : (
            <>
              <p className="px-4 py-3">
                {count(recovery.recovered)} of {count(recovery.failures)} failures were recovered
                automatically
                {recovery.mean_time_to_recover_ms === null
                  ? '.'
                  : `, in ${duration(recovery.mean_time_to_recover_ms)} on average.`}
              </p>
              <Strategies rows={recovery.by_strategy} />
            </>
          )
        }
      </Answered>
    </Card>
  );
}

const headClass = 'px-4 py-1.5 text-[13px] font-medium text-quiet';

function Strategies({ rows }: { rows: Trends['recovery']['by_strategy'] }) {
  return (
    <table className="w-full border-collapse border-t border-line">
      <caption className="sr-only">Recovery strategies and their success rate</caption>
      <thead className="bg-raised text-left">
        <tr>
          <th scope="col" className={headClass}>
            Strategy
          </th>
          <th scope="col" className={`${headClass} text-right`}>
            Recovered
          </th>
          <th scope="col" className={`${headClass} w-2/5`}>
            Success rate
          </th>
        </tr>
      </thead>
      <tbody className="divide-y divide-line">
        {rows.map(({ strategy, tried, recovered }) => {
          const share = tried === 0 ? 0 : recovered / tried;
          return (
            <tr key={strategy}>
              <th scope="row" className="px-4 py-2 text-left font-normal [overflow-wrap:anywhere]">
                {spaced(strategy)}
              </th>
              <td className="whitespace-nowrap px-4 py-2 text-right tabular-nums">
                {count(recovered)} of {count(tried)}
              </td>
              <td className="px-4 py-2">
                <span className="flex items-center gap-2">
                  <span aria-hidden className="h-2 grow overflow-hidden rounded-full bg-line">
                    <span className="block h-full bg-good" style={{ width: `${share * 100}%` }} />
                  </span>
                  <span className="w-12 text-right text-[13px] tabular-nums">{percent(share)}</span>
                </span>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
