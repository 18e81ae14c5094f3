// Compares the estimated costs of planned work orders with their actual costs.
import { useQuery } from '@tanstack/react-query';
import type { EstimatesAgainstActual } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import { Card } from '../../parts/card.tsx';
import { usd } from '../../parts/money.ts';
import { PlainTable } from '../../parts/plain-table.tsx';
import { legible } from '../../parts/plain-text.ts';

type Range = EstimatesAgainstActual['specs'][number]['estimate_usd'];

/** Older ones are in the API. */
const shownMax = 50;
const span = ({ low, high }: Range) => `${usd(low)} to ${usd(high)}`;
const percent = (share: number) => `${Math.round(share * 100)}%`;

/** Shows nothing until a planned work order is finished. */
export function Estimates() {
  const asked = useQuery({
    queryKey: ['learning', 'estimates'],
    queryFn: ({ signal }) => ask('get /api/learning/estimates', { signal }),
  });
  if (!asked.data || asked.data.finished === 0) return null;
  const { finished, within, wanted, low, high, specs, work_orders } = asked.data;
  return (
    <Card title="Estimated and actual cost" isFlush>
      <p className="px-4 py-3">
        {within} of {finished} finished work orders stayed within their estimated range:{' '}
        {percent(within / finished)} ({percent(low)} to {percent(high)} with 95% confidence). The goal is{' '}
        {percent(wanted)}.
      </p>
      <PlainTable
        caption="Estimate and cost of each spec"
        items={specs}
        keyOf={({ id }) => id}
        columns={[
          { head: 'Spec', cell: ({ name }) => legible(name) },
          { head: 'Estimate', cell: ({ estimate_usd }) => span(estimate_usd) },
          { head: 'Cost', cell: ({ cost_usd }) => usd(cost_usd) },
          { head: 'Within their range', cell: (spec) => `${spec.within} of ${spec.finished}` },
        ]}
      />
      <PlainTable
        caption="Estimate and cost of each work order"
        items={work_orders.slice(0, shownMax)}
        keyOf={({ id }) => id}
        columns={[
          { head: 'Work order', cell: ({ title }) => legible(title) },
          { head: 'Spec', cell: ({ spec }) => legible(spec) },
          { head: 'Estimate', cell: ({ estimate_usd }) => span(estimate_usd) },
          {
            head: 'Cost',
            cell: ({ cost_usd, is_within }) => `${usd(cost_usd)}${is_within ? '' : ', outside'}`,
          },
          { head: 'From', cell: ({ basis }) => (basis === 'policy' ? 'policy' : 'finished work orders') },
        ]}
      />
    </Card>
  );
}
