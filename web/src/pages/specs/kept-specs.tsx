// The saved specs, newest first, each with its estimate from when it was saved.

import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Spec } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { nameOfActor } from '../../parts/name-of-actor.ts';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { runTones } from './order-look.ts';
import { kilobytes } from './read-spec-file.ts';
import { countSpan, usdSpan } from './span-words.ts';

const pageSize = 20;

export function KeptSpecs({ mayUpload }: { mayUpload: boolean }) {
  const specs = useInfiniteQuery({
    queryKey: ['specs', 'list'],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      ask('get /api/specs', { query: { cursor: pageParam, limit: pageSize }, signal }),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  const items = specs.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Card title="Saved specs" isFlush>
      {specs.isPending ? <Loading what="the specs" /> : null}
      {specs.isError ? <Failed error={specs.error} onRetry={() => void specs.refetch()} /> : null}
      {specs.isSuccess && items.length === 0 ? (
        <Empty title="No saved specs">
          {mayUpload
            ? 'Choose a file above to estimate its cost. Saved specs appear here with their estimates.'
            : 'Specs that an operator saves appear here with their estimates.'}
        </Empty>
      ) : null}
      <ul className="divide-y divide-line">
        {items.map((spec) => (
          <KeptSpec key={spec.id} spec={spec} />
        ))}
      </ul>
      {specs.hasNextPage ? (
        <div className="border-t border-line p-3 text-center">
          <Button isBusy={specs.isFetchingNextPage} onClick={() => void specs.fetchNextPage()}>
            Show earlier specs
          </Button>
        </div>
      ) : null}
    </Card>
  );
}

function KeptSpec({ spec }: { spec: Spec }) {
  const { id, name, run_state, project, bytes, created_by, created_at, estimate } = spec;
  return (
    <li className="flex flex-wrap items-start justify-between gap-x-6 gap-y-1 px-4 py-3">
      <div className="min-w-0 flex-1 basis-56 [overflow-wrap:anywhere]">
        <span className="flex flex-wrap items-center gap-2">
          <Link
            to="/specs/$id"
            params={{ id }}
            className="inline-flex min-h-6 items-center rounded font-semibold text-accent underline underline-offset-2"
          >
            <Words text={name} />
          </Link>
          {run_state === null ? null : <Badge tone={runTones[run_state]}>{run_state}</Badge>}
        </span>
        <p className="text-[13px] text-quiet">
          {project === null ? null : (
            <>
              for <Words text={project} /> ·{' '}
            </>
          )}
          {kilobytes(bytes)} · saved by <Words text={nameOfActor(created_by)} /> <Ago at={created_at} />
        </p>
      </div>
      <p className="tabular-nums">
        <span className="font-semibold">{usdSpan(estimate.work_usd)}</span>
        <span className="block text-[13px] text-quiet">
          {countSpan(estimate.work_orders)} {estimate.work_orders.high === 1 ? 'work order' : 'work orders'}
        </span>
      </p>
    </li>
  );
}
