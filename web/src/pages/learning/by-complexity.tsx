import type { Learning } from '../../../../src/contract/contract.ts';
import { IntervalBar } from '../../charts/interval-bar.tsx';
import { Card } from '../../parts/card.tsx';
import { Words } from '../../parts/words.tsx';
import { count, percent, spaced } from '../monitoring/words.ts';
import { complexityGrid, type Outcome } from './grids.ts';
import { WideTable } from './wide-table.tsx';

export function ByComplexity({ learning }: { learning: Learning }) {
  const { columns, rows } = complexityGrid(learning);
  if (columns.length === 0) return null;
  return (
    <Card title="Success by complexity" isFlush>
      <WideTable
        caption="Success rate by model, agent and complexity"
        columns={['Model and agent', ...columns.map((band) => `Complexity: ${spaced(band)}`)]}
      >
        {rows.map(({ key, head: [model = '', agent = ''], cells }) => (
          <tr key={key}>
            <th scope="row" className="px-3 py-2 text-left font-normal">
              <Words text={model} className="font-medium" />{' '}
              <span className="text-quiet">
                with <Words text={agent} />
              </span>
            </th>
            {cells.map((cell, column) => (
              <td key={columns[column]} className="min-w-32 px-3 py-2">
                {cell ? <Cell outcome={cell} /> : <span className="text-[13px] text-quiet">no attempts</span>}
              </td>
            ))}
          </tr>
        ))}
      </WideTable>
    </Card>
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
