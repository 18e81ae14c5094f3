import { Link } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { Page } from '../../parts/page.tsx';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { useMe } from '../../shell/me.ts';
import { Board } from './board.tsx';
import { type ShownLane, useLanes } from './lanes.ts';
import { NoModel } from './no-model.tsx';
import { isFiltered, noFilters } from './search-filters.ts';
import { type Change, useSearchState } from './search-state.ts';
import { WorkOrderTable } from './table.tsx';
import { Toolbar } from './toolbar.tsx';

const NewWorkOrder = lazy(async () => ({ default: (await import('./new-work-order.tsx')).NewWorkOrder }));

export function WorkOrdersPage() {
  const { search, change } = useSearchState();
  const { me } = useMe();
  const mayAct = me.role !== 'viewer';
  const onNew = mayAct ? () => change({ new: 'true' }) : undefined;
  const empty = isFiltered(search) ? <NothingFits change={change} /> : <NothingYet onNew={onNew} />;
  return (
    <Page
      title="Work Orders"
      actions={
        <>
          <Link to="/schedules" className="inline-flex min-h-9 items-center px-2 underline">
            Schedules
          </Link>
          {onNew ? (
            <Button look="primary" onClick={onNew}>
              <Plus aria-hidden size={16} /> New work order
            </Button>
          ) : null}
        </>
      }
    >
      <NoModel />
      <Toolbar search={search} change={change} />
      {search.view === 'table' ? (
        <WorkOrderTable {...{ search, change, empty }} />
      ) : (
        <BoardView empty={empty} />
      )}
      <Suspense fallback={null}>
        {search.new === 'true' && mayAct ? (
          <NewWorkOrder onClose={() => change({ new: undefined }, { replace: true })} />
        ) : null}
      </Suspense>
    </Page>
  );
}

const isEmpty = (lanes: readonly ShownLane[]) => lanes.every(({ items }) => items.length === 0);

function BoardView({ empty }: { empty: React.ReactNode }) {
  const { search, change } = useSearchState();
  const lanes = useLanes(search);
  if (lanes.isPending) return <Loading what="the board" lines={8} />;
  if (lanes.isError && !lanes.data) {
    return <Failed error={lanes.error} onRetry={() => void lanes.refetch()} />;
  }
  return (
    <>
      {lanes.isError ? <Failed error={lanes.error} onRetry={() => void lanes.refetch()} /> : null}
      {isEmpty(lanes.data) ? empty : <Board lanes={lanes.data} change={change} />}
    </>
  );
}

function NothingYet({ onNew }: { onNew: (() => void) | undefined }) {
  return (
    <Card>
      <Empty
        title="No work orders yet"
        action={
          onNew ? (
            <Button look="primary" className="mt-2" onClick={onNew}>
              Submit a work order
            </Button>
          ) : null
        }
      >
        <p>
          A work order describes a change to one of your repositories. Moose turns it into a pull request and
          asks you if it needs a decision. From a terminal:
        </p>
        <p className="pt-2">
          <code className="rounded bg-raised px-2 py-1 break-words">
            moose run "Fix the date parser" --repo .
          </code>
        </p>
      </Empty>
    </Card>
  );
}

function NothingFits({ change }: { change: Change }) {
  return (
    <Card>
      <Empty
        title="No matching work orders"
        action={
          <Button className="mt-2" onClick={() => change(noFilters)}>
            Clear filters
          </Button>
        }
      >
        The filters may hide other work orders.
      </Empty>
    </Card>
  );
}
