import { IntervalBar } from '../../charts/interval-bar.tsx';
import { Card } from '../../parts/card.tsx';
import { usd } from '../../parts/money.ts';
import { duration } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { count, percent } from '../monitoring/words.ts';
import { bestShownFirst, type Outcome } from './grids.ts';

const headClass = 'px-3 py-2 text-left text-[13px] font-medium text-quiet whitespace-nowrap';

export function ByModel({ outcomes }: { outcomes: readonly Outcome[] }) {
  return (
    <Card title="Success by model and agent" isFlush>
      <p className="px-4 py-2.5 text-[13px] text-quiet">
        The dot is the success rate of attempts; the band is its 95% confidence interval. Sorted by the lower
        end of the interval. If two bands overlap, the difference may be chance.
      </p>
      <table className="w-full table-fixed border-collapse border-t border-line">
        <caption className="sr-only">Success rate by model and agent, with 95% confidence intervals</caption>
        <thead className="border-b border-line bg-raised">
          <tr>
            <th scope="col" className={headClass}>
              Model and agent
            </th>
            <th scope="col" className={`${headClass} hidden w-2/5 sm:table-cell`}>
              <span className="flex justify-between" aria-hidden>
                <span>0%</span>
                <span>Success</span>
                <span>100%</span>
              </span>
              <span className="sr-only">Interval</span>
            </th>
            <th scope="col" className={`${headClass} w-36 text-right`}>
              Success rate
            </th>
            <th scope="col" className={`${headClass} hidden w-24 text-right md:table-cell`}>
              Cost
            </th>
            <th scope="col" className={`${headClass} hidden w-20 text-right lg:table-cell`}>
              Time
            </th>
            <th scope="col" className={`${headClass} hidden w-20 text-right lg:table-cell`}>
              Cycles
            </th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {bestShownFirst(outcomes).map((outcome) => (
            <Row key={`${outcome.model} ${outcome.agent}`} outcome={outcome} />
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function Row({ outcome }: { outcome: Outcome }) {
  const { model, agent, rate, low, high, attempts, successes } = outcome;
  return (
    <tr>
      <th scope="row" className="px-3 py-2 text-left font-normal [overflow-wrap:anywhere]">
        <Words text={model} className="font-medium" />{' '}
        <span className="text-quiet">
          with <Words text={agent} />
        </span>
        <span className="mt-1 block sm:hidden">
          <IntervalBar share={rate} low={low} high={high} />
        </span>
      </th>
      <td className="hidden px-3 py-2 sm:table-cell">
        <IntervalBar share={rate} low={low} high={high} />
        <span className="sr-only">
          95% interval {percent(low)} to {percent(high)}
        </span>
      </td>
      <td className="px-3 py-2 text-right tabular-nums">
        <span className="font-semibold">{percent(rate)}</span>{' '}
        <span className="block text-[13px] text-quiet">
          {count(successes)} of {count(attempts)}
        </span>
      </td>
      <td className="hidden px-3 py-2 text-right tabular-nums md:table-cell">{usd(outcome.mean_cost_usd)}</td>
      <td className="hidden px-3 py-2 text-right tabular-nums lg:table-cell">
        {duration(outcome.mean_duration_ms)}
      </td>
      <td className="hidden px-3 py-2 text-right tabular-nums lg:table-cell">
        {outcome.mean_cycles.toFixed(1)}
      </td>
    </tr>
  );
}
