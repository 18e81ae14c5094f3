// A group of errors, or one error in full. Both are in the URL, and Escape returns to the page.
import { Link } from '@tanstack/react-router';
import type { Range } from '../../../../src/contract/contract.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { monitoringRoute } from '../../router.tsx';
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
    // One dialog for both, so that moving between them keeps it open, and closing returns to where it was opened.
    <Dialog
      isOpen={error !== undefined || fingerprint !== undefined}
      isWide
      onClose={close}
      title={error === undefined ? 'Error group' : (asked.data?.code ?? 'Error')}
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
            All errors in this group
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
          Show older errors
        </Button>
      ) : (
        <p className="text-center text-[13px] text-quiet">
          {many(errors.length, 'error')} in the last {range}. No more errors.
        </p>
      )}
    </div>
  );
}

function NoneWithin({ range }: { range: Range }) {
  return (
    <Empty
      title={`No errors in the last ${range}`}
      action={
        range === '90d' ? null : (
          <Link
            to="/monitoring"
            search={(before) => ({ ...before, range: '90d' })}
            resetScroll={false}
            className={linkClass}
          >
            Show the last 90 days
          </Link>
        )
      }
    >
      Choose a longer period to see earlier errors.
    </Empty>
  );
}
