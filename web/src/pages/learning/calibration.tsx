// Compares the expectations for the chosen models and agents with their actual results.
import { useQuery } from '@tanstack/react-query';
import { ask } from '../../api/ask.ts';
import { IntervalBar } from '../../charts/interval-bar.tsx';
import { Card } from '../../parts/card.tsx';
import { usd } from '../../parts/money.ts';
import { PlainTable } from '../../parts/plain-table.tsx';
import { count } from '../monitoring/words.ts';

const percent = (share: number) => `${Math.round(share * 100)}%`;

/** Shows nothing until a choice with an estimate has an outcome. */
export function Calibration() {
  const asked = useQuery({
    queryKey: ['learning', 'calibration'],
    queryFn: ({ signal }) => ask('get /api/learning/calibration', { signal }),
  });
  if (!asked.data || asked.data.tries === 0) return null;
  const { tries, cost_ratio, chances, costs } = asked.data;
  return (
    <Card title="Expected and actual" isFlush>
      <p className="px-4 py-3">
        {count(tries)} tries with an outcome.{' '}
        {cost_ratio === null ? '' : `They cost ${percent(cost_ratio)} of the expected cost. `}
        An estimate is good if its mean lies within the interval of the actual value.
      </p>
      <PlainTable
        caption="Expected chance of success and actual success rate"
        items={chances}
        keyOf={({ from }) => String(from)}
        columns={[
          { head: 'Expected chance', cell: ({ from, to }) => `${percent(from)} to ${percent(to)}` },
          { head: 'Mean expected', cell: ({ expected }) => percent(expected) },
          {
            head: 'Actual',
            cell: ({ actual, low, high }) => (
              <div className="min-w-36">
                {percent(actual)}{' '}
                <span className="text-[13px] text-quiet">
                  {percent(low)} to {percent(high)}
                </span>
                <IntervalBar share={actual} low={low} high={high} />
              </div>
            ),
          },
          { head: 'Tries', cell: (bin) => count(bin.tries) },
        ]}
      />
      <PlainTable
        caption="Expected and actual cost"
        items={costs}
        keyOf={({ from_usd, tries: its }) => `${from_usd} ${its}`}
        columns={[
          { head: 'Expected cost', cell: ({ from_usd, to_usd }) => `${usd(from_usd)} to ${usd(to_usd)}` },
          { head: 'Mean expected', cell: ({ expected_usd }) => usd(expected_usd) },
          {
            head: 'Actual cost',
            cell: ({ actual_usd, low_usd, high_usd }) =>
              `${usd(actual_usd)}, ${usd(low_usd)} to ${usd(high_usd)}`,
          },
          { head: 'Tries', cell: (bin) => count(bin.tries) },
        ]}
      />
    </Card>
  );
}
