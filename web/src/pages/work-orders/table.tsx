// All matching work orders, page by page.
import { useInfiniteQuery } from '@tanstack/react-query';
import { ArrowDown } from 'lucide-react';
import type { ReactNode } from 'react';
import type { WorkOrder } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import { Button } from '../../parts/button.tsx';
import { usd } from '../../parts/money.ts';
import { legible } from '../../parts/plain-text.ts';
import { Failed, Loading } from '../../parts/states.tsx';
import { StepProgress } from '../../parts/step-progress.tsx';
import { Ago } from '../../parts/time.tsx';
import { isWideQuery, useMediaQuery } from '../../parts/use-media-query.ts';
import { Words } from '../../parts/words.tsx';
import type { WorkOrdersSearch } from '../../router.tsx';
import { withLabels } from '../work-order/command-labels.ts';
import type { Change } from './search-state.ts';
import { Marks, QuestionLink, TitleLink, WorkOrderCard } from './work-order-card.tsx';

const pageSize = 50;
/** Row limit. Users who need more should filter. */
const pagesMax = 20;

export interface TableProps {
  search: WorkOrdersSearch;
  change: Change;
  /** Shown if nothing matches. */
  empty: ReactNode;
}

export function WorkOrderTable({ search, change, empty }: TableProps) {
  const isWide = useMediaQuery(isWideQuery);
  const list = useWorkOrders(search);
  if (list.isPending) return <Loading what="work orders" lines={8} />;
  if (list.isError && !list.data) return <Failed error={list.error} onRetry={() => void list.refetch()} />;
  const orders = list.data.pages.flatMap(({ items }) => items);
  if (orders.length === 0) return empty;
  const isFull = list.data.pages.length >= pagesMax;
  return (
    <div className="@container flex min-w-0 flex-col gap-3">
      {isWide ? (
        <Rows orders={orders} sort={search.sort ?? 'created'} change={change} />
      ) : (
        <Cards orders={orders} />
      )}
      {list.isError ? <Failed error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.hasNextPage && !isFull ? (
        <Button
          className="self-center"
          isBusy={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          Show more
        </Button>
      ) : null}
      <p role="status" className="text-center text-[13px] text-quiet">
        {orders.length.toLocaleString('en')} shown
        {list.hasNextPage
          ? isFull
            ? '. Use filters to find others.'
            : '. More are available.'
          : '. No more work orders.'}
      </p>
    </div>
  );
}

function useWorkOrders(search: WorkOrdersSearch) {
  const { status, failure_class, step, project, needs_you, q, sort } = search;
  const filters = { status, failure_class, step, project, needs_you, q, sort };
  return useInfiniteQuery({
    queryKey: ['work-orders', 'table', filters],
    queryFn: ({ pageParam, signal }) =>
      ask('get /api/work-orders', { query: { ...filters, limit: pageSize, cursor: pageParam }, signal }),
    initialPageParam: '',
    getNextPageParam: ({ next_cursor }) => next_cursor,
    placeholderData: (before) => before,
  });
}

function Cards({ orders }: { orders: readonly WorkOrder[] }) {
  return (
    <>
      <h2 className="sr-only">Results</h2>
      <ul className="flex flex-col gap-2.5">
        {orders.map((order) => (
          <li key={order.id}>
            <WorkOrderCard order={order} hasStage />
          </li>
        ))}
      </ul>
    </>
  );
}

const headClass = 'px-3 py-2 text-left text-[13px] font-medium text-quiet whitespace-nowrap';
type Sort = NonNullable<WorkOrdersSearch['sort']>;

function Rows({ orders, sort, change }: { orders: readonly WorkOrder[]; sort: Sort; change: Change }) {
  const sorting = { sort, change };
  return (
    <div className="overflow-hidden rounded-lg border border-line bg-surface">
      <table className="w-full table-fixed border-collapse">
        <caption className="sr-only">Work orders</caption>
        <thead className="border-b border-line bg-raised">
          <tr>
            <th scope="col" className={headClass}>
              Work order
            </th>
            <th scope="col" className={`${headClass} w-40`}>
              Stage
            </th>
            <th scope="col" className={`${headClass} hidden w-52 @4xl:table-cell`}>
              Step
            </th>
            <th scope="col" className={`${headClass} hidden w-36 @5xl:table-cell`}>
              Project
            </th>
            <SortedHead by="cost" title="Cost" className="w-24 text-right" {...sorting} />
            <SortedHead by="created" title="Created" className="hidden w-32 @2xl:table-cell" {...sorting} />
            <SortedHead by="updated" title="Updated" className="w-32" {...sorting} />
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {orders.map((order) => (
            <Row key={order.id} order={order} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface SortedHeadProps {
  by: Sort;
  title: string;
  className: string;
  sort: Sort;
  change: Change;
}

/** Sorts highest or newest first. */
function SortedHead({ by, title, className, sort, change }: SortedHeadProps) {
  const isSorted = sort === by;
  return (
    <th
      scope="col"
      aria-sort={isSorted ? 'descending' : undefined}
      className={`px-1.5 py-1 text-left text-[13px] font-medium ${className}`}
    >
      <button
        type="button"
        onClick={() => change({ sort: by === 'created' ? undefined : by })}
        className={`inline-flex items-center gap-1 rounded px-1.5 py-1 hover:text-text ${isSorted ? 'font-semibold text-text' : 'text-quiet'}`}
      >
        {title}
        {isSorted ? <ArrowDown aria-hidden size={13} /> : null}
      </button>
    </th>
  );
}

function Row({ order }: { order: WorkOrder }) {
  return (
    <tr
      data-work-order={order.id}
      className="align-top hover:bg-raised has-[a[data-row]:focus-visible]:bg-raised"
    >
      <td className="px-3 py-2.5">
        <TitleLink
          order={order}
          className="line-clamp-2 break-words rounded-sm font-medium hover:underline"
        />
        <p
          className="line-clamp-2 break-words text-[13px] text-quiet"
          title={legible(withLabels(order.explain))}
        >
          <Words text={withLabels(order.explain)} />
        </p>
        <QuestionLink order={order} />
      </td>
      <td className="px-3 py-2.5">
        <Marks order={order} hasStage />
      </td>
      <td className="hidden px-3 py-2.5 @4xl:table-cell">
        <StepProgress order={order} />
      </td>
      <td className="hidden truncate px-3 py-2.5 text-quiet @5xl:table-cell" title={legible(order.project)}>
        <Words text={order.project} />
      </td>
      <td className="px-3 py-2.5 text-right tabular-nums">{usd(order.cost_usd)}</td>
      <td className="hidden whitespace-nowrap px-3 py-2.5 text-[13px] text-quiet @2xl:table-cell">
        <Ago at={order.created_at} />
      </td>
      <td className="whitespace-nowrap px-3 py-2.5 text-[13px] text-quiet">
        <Ago at={order.updated_at} />
      </td>
    </tr>
  );
}
