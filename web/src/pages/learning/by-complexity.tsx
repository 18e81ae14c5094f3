import type { Learning } from '../../../../src/contract/contract.ts';
import { IntervalBar } from '../../charts/interval-bar.tsx';
import { Card } from '../../parts/card.tsx';
import { PlainTable } from '../../parts/plain-table.tsx';
import { Words } from '../../parts/words.tsx';
import { count, percent, spaced } from '../monitoring/words.ts';
import { complexityGrid, type Outcome } from './grids.ts';

export function ByComplexity({ learning }: { learning: Learning }) {
  const { columns, rows } = complexityGrid(learning);
  if (columns.length === 0) return null;
  return (
    <Card title="Success by complexity" isFlush>
      <PlainTable
        caption="Success rate by model, agent and complexity"
        items={rows}
        keyOf={({ key }) => key}
        columns={[
          {
            head: 'Model and agent',
            cell: ({ head: [model = '', agent = ''] }) => (
              <>
                <Words text={model} />{' '}
                <span className="font-normal text-quiet">
                  with <Words text={agent} />
                </span>
              </>
            ),
          },
          ...columns.map((band, column) => ({
            head: `Complexity: ${spaced(band)}`,
            cell: ({ cells }: (typeof rows)[number]) => <CellOf outcome={cells[column]} />,
          })),
        ]}
      />
    </Card>
  );
}

function CellOf({ outcome }: { outcome: Outcome | undefined }) {
  if (outcome === undefined) return <span className="text-[13px] text-quiet">no attempts</span>;
  return (
    <div className="min-w-32">
      <Cell outcome={outcome} />
    </div>
  );
}

function Cell({ outcome: { rate, low, high, attempts } }: { outcome: Outcome }) {
  return (
    <>
      <span className="flex items-baseline justify-between gap-2 tabular-nums">
        <span>{percent(rate)}</span>
        <span className="text-[13px] text-quiet">
          of {count(attempts)}
          <span className="sr-only">
            , 95% interval {percent(low)} to {percent(high)}
          </span>
        </span>
      </span>
      <IntervalBar share={rate} low={low} high={high} />
    </>
  );
}
