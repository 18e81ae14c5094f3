// The errors of one kind, and one of them in full: both stand in the address, and Escape leads back to the page.
import { Link } from '@tanstack/react-router';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { Ago } from '../../parts/time.tsx';
import { monitoringRoute, type Range } from '../../router.tsx';
import { Words } from '../work-order/words.tsx';
import { OneError } from './one-error.tsx';
import { useErrorsOf, useOneError } from './queries.ts';
import { many, outcomeOf } from './words.ts';

export function ErrorDrawer({ range }: { range: Range }) {
  const { fingerprint, error } = monitoringRoute.useSearch();
  const navigate = monitoringRoute.useNavigate();
  const close = () =>
    void navigate({
      search: (before) => ({ ...before, fingerprint: undefined, error: undefined }),
      resetScroll: false,
    });
  const asked = useOneError(error);
  return (
    // One window for both: going from one to the other moves within it, and closing leads back to where one came from.
    <Dialog
      isOpen={error !== undefined || fingerprint !== undefined}
      isWide
      onClose={close}
      title={error === undefined ? 'Errors of one kind' : (asked.data?.code ?? 'An error')}
    >
      {error !== undefined ? <One key={error} asked={asked} /> : null}
      {error === undefined && fingerprint !== undefined ? (
        <ErrorsOf key={fingerprint} fingerprint={fingerprint} range={range} />
      ) : null}
    </Dialog>
  );
}

const linkClass = 'inline-flex min-h-6 items-center text-accent underline underline-offset-2';

function One({ asked }: { asked: ReturnType<typeof useOneError> }) {
  const { data, error, isError, isPending, refetch } = asked;
  return (
    <div className="flex flex-col gap-4">
      {isError ? <Failed error={error} onRetry={() => void refetch()} /> : null}
      {isPending ? <Loading what="the error" lines={6} /> : null}
      {data ? (
        <>
          <Link
            to="/monitoring"
            search={(before) => ({ ...before, fingerprint: data.fingerprint, error: undefined })}
            resetScroll={false}
            className={`self-start ${linkClass}`}
          >
            All errors of this kind
          </Link>
          <OneError error={data} />
        </>
      ) : null}
    </div>
  );
}

function ErrorsOf({ fingerprint, range }: { fingerprint: string; range: Range }) {
  const list = useErrorsOf(fingerprint, range);
  if (list.isPending) return <Loading what="the errors" lines={6} />;
  if (list.isError && !list.data) return <Failed error={list.error} onRetry={() => void list.refetch()} />;
  const errors = list.data.pages.flatMap(({ items }) => items);
  if (errors.length === 0) return <NoneWithin range={range} />;
  return (
    <div className="flex flex-col gap-3">
      <ul className="divide-y divide-line rounded-md border border-line">
        {errors.map((error) => (
          <li key={error.id} className="flex flex-col gap-0.5 px-3 py-2 [overflow-wrap:anywhere]">
            <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
              <Link
                to="/monitoring"
                search={(before) => ({ ...before, error: error.id })}
                resetScroll={false}
                className="inline-flex min-h-6 items-center font-medium text-accent underline underline-offset-2"
              >
                <Ago at={error.timestamp} />
              </Link>
              <StatusBadge status={error.severity} />
              <span className="text-[13px] text-quiet">
                {outcomeOf(error.recovery_strategy, error.recovery_success)}
              </span>
            </p>
            <p className="text-[13px]">
              <Words text={error.message} />
            </p>
          </li>
        ))}
      </ul>
      {list.isError ? <Failed error={list.error} /> : null}
      {list.hasNextPage ? (
        <Button
          className="self-center"
          isBusy={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          Older ones
        </Button>
      ) : (
        <p className="text-center text-[13px] text-quiet">
          {many(errors.length, 'error')} within {range}; that is all.
        </p>
      )}
    </div>
  );
}

function NoneWithin({ range }: { range: Range }) {
  return (
    <Empty
      title={`None within ${range}`}
      action={
        range === '90d' ? null : (
          <Link
            to="/monitoring"
            search={(before) => ({ ...before, range: '90d' })}
            resetScroll={false}
            className={linkClass}
          >
            Look back over 90 days
          </Link>
        )
      }
    >
      What was met earlier is kept, and is found over a longer time.
    </Empty>
  );
}
