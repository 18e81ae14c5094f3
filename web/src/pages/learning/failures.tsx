import type { Learning } from '../../../../src/contract/contract.ts';
import { Card } from '../../parts/card.tsx';
import { PlainTable } from '../../parts/plain-table.tsx';
import { legible } from '../../parts/plain-text.ts';
import { Empty } from '../../parts/states.tsx';
import { count, percent, spaced } from '../monitoring/words.ts';
import { failureGrid } from './grids.ts';

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
            <PlainTable
              caption="Failures by class and model, as a share of the model’s attempts"
              items={rows}
              keyOf={({ key }) => key}
              columns={[
                { head: 'Class', cell: ({ key }) => <span className="font-normal">{spaced(key)}</span> },
                ...columns.map((model, column) => ({
                  head: legible(model),
                  cell: ({ cells }: (typeof rows)[number]) => (
                    <ShareCell failure={cells[column]} most={most} />
                  ),
                })),
              ]}
            />
          </div>
        </>
      )}
    </Card>
  );
}

function ShareCell({ failure, most }: { failure: Learning['failures'][number] | undefined; most: number }) {
  if (failure === undefined)
    return (
      <span className="text-quiet">
        <span aria-hidden>–</span>
        <span className="sr-only">none</span>
      </span>
    );
  return (
    <span
      className="inline-block min-w-24 rounded px-2 tabular-nums"
      style={{ background: heatOf(failure.share, most) }}
    >
      {percent(failure.share)} <span className="text-[13px]">({count(failure.count)})</span>
    </span>
  );
}

function heatOf(share: number, most: number): string | undefined {
  if (share === 0 || most === 0) return undefined;
  return `color-mix(in srgb, var(--bad) ${Math.round((share / most) * heatPercentMax)}%, var(--surface))`;
}
