import type { Learning } from '../../../../src/contract/contract.ts';
import { Card } from '../../parts/card.tsx';
import { Empty } from '../../parts/states.tsx';
import { count, percent, spaced } from '../monitoring/words.ts';
import { failureGrid } from './grids.ts';
import { WideTable } from './wide-table.tsx';

/** A stronger color would make the text hard to read. */
const heatPercentMax = 38;

export function Failures({ failures }: { failures: Learning['failures'] }) {
  const { columns, rows } = failureGrid(failures);
  const most = Math.max(...failures.map(({ share }) => share), 0);
  return (
    <Card title="Failures by class" isFlush>
      {rows.length === 0 ? (
        <Empty title="No failed attempts">Failed attempts appear here by failure class.</Empty>
      ) : (
        <>
          <p className="px-4 py-2.5 text-[13px] text-quiet">
            Share of each model’s attempts that failed with this class.
          </p>
          <div className="border-t border-line">
            <WideTable
              caption="Failures by class and model, as a share of the model’s attempts"
              columns={['Class', ...columns]}
            >
              {rows.map(({ key, cells }) => (
                <tr key={key}>
                  <th scope="row" className="px-3 py-2 text-left font-normal">
                    {spaced(key)}
                  </th>
                  {cells.map((cell, column) => (
                    <td
                      key={columns[column]}
                      className="min-w-28 px-3 py-2 tabular-nums"
                      style={{ background: heatOf(cell?.share ?? 0, most) }}
                    >
                      {cell ? (
                        <>
                          {percent(cell.share)} <span className="text-[13px]">({count(cell.count)})</span>
                        </>
                      ) : (
                        <span className="text-quiet">
                          <span aria-hidden>–</span>
                          <span className="sr-only">none</span>
                        </span>
                      )}
                    </td>
                  ))}
                </tr>
              ))}
            </WideTable>
          </div>
        </>
      )}
    </Card>
  );
}

function heatOf(share: number, most: number): string | undefined {
  if (share === 0 || most === 0) return undefined;
  return `color-mix(in srgb, var(--bad) ${Math.round((share / most) * heatPercentMax)}%, var(--surface))`;
}
