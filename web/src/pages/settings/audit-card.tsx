// Changes made through the interface and the API, and who made them, newest first.

import { useInfiniteQuery } from '@tanstack/react-query';
import type { z } from 'zod';
import type { auditPage } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { nameOfActor } from '../../parts/name-of-actor.ts';
import { asJson, legible } from '../../parts/plain-text.ts';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';

type AuditPage = z.infer<typeof auditPage>;
type Entry = AuditPage['items'][number];

const pageSize = 25;
/** How soon changes by others appear at the latest. */
const readEveryMs = 30_000;

export function AuditCard() {
  const audit = useInfiniteQuery({
    queryKey: ['audit'],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      ask('get /api/audit', { query: { cursor: pageParam, limit: pageSize }, signal }),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: readEveryMs,
  });
  const entries = audit.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Card title="Audit log" isFlush>
      {audit.isPending ? <Loading what="the audit log" /> : null}
      {audit.isError ? <Failed error={audit.error} onRetry={() => void audit.refetch()} /> : null}
      {audit.isSuccess && entries.length === 0 ? (
        <Empty title="No changes yet">
          Every requested change appears here: who asked for it, from where, and when. Entries are never
          edited or deleted.
        </Empty>
      ) : null}
      <ul className="divide-y divide-line">
        {entries.map((entry) => (
          <AuditLine key={entry.id} entry={entry} />
        ))}
      </ul>
      {audit.hasNextPage ? (
        <div className="border-t border-line p-3 text-center">
          <Button isBusy={audit.isFetchingNextPage} onClick={() => void audit.fetchNextPage()}>
            Show earlier entries
          </Button>
        </div>
      ) : null}
    </Card>
  );
}

function AuditLine({ entry: { actor, act, subject, at, detail } }: { entry: Entry }) {
  const hasDetail = detail !== null && typeof detail === 'object' && Object.keys(detail).length > 0;
  return (
    <li className="px-4 py-2 [overflow-wrap:anywhere]">
      <p className="flex flex-wrap items-baseline gap-x-2">
        <Words className="font-medium" text={nameOfActor(actor)} />
        <code className="text-[13px]">{legible(act)}</code>
        {subject === null ? null : <Words text={subject} />}
        <span className="ml-auto whitespace-nowrap text-[13px] text-quiet">
          <Ago at={at} />
        </span>
      </p>
      {hasDetail ? (
        <details className="text-[13px]">
          <summary className="w-fit text-quiet">Details</summary>
          <pre
            // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable areas must be focusable
            tabIndex={0}
            className="mt-1 max-h-64 overflow-auto whitespace-pre-wrap rounded bg-raised p-2"
            dir="ltr"
          >
            {legible(asJson(detail))}
          </pre>
        </details>
      ) : null}
    </li>
  );
}
