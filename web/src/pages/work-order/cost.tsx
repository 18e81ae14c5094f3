import type { WorkOrderDetail } from '../../../../src/contract/contract.ts';
import { Card } from '../../parts/card.tsx';
import { usd } from '../../parts/money.ts';
import { Words } from '../../parts/words.tsx';
import { MoneyBar } from './money-bar.tsx';
import { newestFirst } from './newest-first.ts';

export function CostTab({ detail }: { detail: WorkOrderDetail }) {
  const { counters } = detail;
  const tokens = counters.input_tokens + counters.output_tokens;
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <Card title="So far">
        <MoneyBar detail={detail} />
        <p className="mt-2 text-quiet tabular-nums">
          {counters.model_calls.toLocaleString('en')} model calls, {counters.agent_runs} agent runs,{' '}
          {tokens.toLocaleString('en')} tokens
        </p>
      </Card>
      <Card title="Costs" isFlush={detail.costs.length > 0}>
        {detail.costs.length === 0 ? <p className="text-quiet">No spend yet.</p> : <Costs detail={detail} />}
      </Card>
    </div>
  );
}

const rowsMax = 50;

function Costs({ detail }: { detail: WorkOrderDetail }) {
  const costs = newestFirst(detail.costs, ({ created_at: at }) => at);
  return (
    <ul
      // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable areas must be focusable
      tabIndex={0}
      aria-label="Calls and their costs"
      className="max-h-96 divide-y divide-line overflow-y-auto [overflow-wrap:anywhere]"
    >
      {costs.slice(0, rowsMax).map(({ place, item: cost }) => (
        <li key={place} className="flex items-baseline justify-between gap-3 px-4 py-2">
          <span className="min-w-0">
            <Words text={cost.model ?? cost.service} />{' '}
            <span className="text-[13px] text-quiet">
              {cost.type.replaceAll('_', ' ')}, {cost.status.replaceAll('_', ' ')}
            </span>
          </span>
          <span className="shrink-0 tabular-nums">
            {cost.actual_usd === null ? (
              <span className="text-quiet">{usd(cost.reserved_usd)} reserved</span>
            ) : (
              usd(cost.actual_usd)
            )}
          </span>
        </li>
      ))}
      {costs.length > rowsMax ? (
        <li className="px-4 py-2 text-quiet">and {costs.length - rowsMax} older calls</li>
      ) : null}
    </ul>
  );
}
