// Checks that failed on the base before any change: they are not counted against a work order.
import type { Baseline } from '../../../../src/contract/contract.ts';
import { Badge } from '../../parts/badge.tsx';
import { Card } from '../../parts/card.tsx';
import { type Column, PlainTable } from '../../parts/plain-table.tsx';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { useBaseline } from './use-projects.ts';

type Check = Baseline['checks'][number];

const columns: ReadonlyArray<Column<Check>> = [
  {
    head: 'Check',
    cell: ({ command }) => <code className="block min-w-36 [overflow-wrap:anywhere]">{command}</code>,
  },
  {
    head: 'Without a change',
    cell: ({ passed, failures, failures_total }) => (
      <>
        <Badge tone={passed ? 'good' : 'bad'}>{passed ? 'passes' : 'fails'}</Badge>
        {failures.length === 0 ? null : (
          <ul className="mt-1 flex flex-col gap-0.5 text-[13px] [overflow-wrap:anywhere]">
            {failures.map((failure) => (
              <li key={failure}>{failure}</li>
            ))}
            {failures_total > failures.length ? (
              <li className="text-quiet">and {failures_total - failures.length} more</li>
            ) : null}
          </ul>
        )}
      </>
    ),
  },
  {
    head: 'Checked',
    cell: ({ checked_at }) => (
      <span className="whitespace-nowrap">
        <Ago at={checked_at} />
      </span>
    ),
  },
];

const shaChars = 10;

export function BaselineCard({ id }: { id: string }) {
  const baseline = useBaseline(id);
  return (
    <Card title="Baseline" isFlush>
      {baseline.isPending ? <Loading what="the baseline" lines={3} /> : null}
      {baseline.isError ? <Failed error={baseline.error} onRetry={() => void baseline.refetch()} /> : null}
      {baseline.data?.base_sha === null ? (
        <Empty title="No baseline yet">
          When a check of a change fails, Moose runs the same check on the base commit. What fails there too
          is not charged to the change.
        </Empty>
      ) : null}
      {baseline.data?.base_sha ? (
        <>
          <p className="border-b border-line px-4 py-2 text-[13px] text-quiet">
            On base commit <code>{baseline.data.base_sha.slice(0, shaChars)}</code>
          </p>
          <PlainTable
            caption="Baseline"
            items={baseline.data.checks}
            keyOf={({ command, checked_at }) => `${command} ${checked_at}`}
            columns={columns}
          />
        </>
      ) : null}
    </Card>
  );
}
