import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import type { EscalationCard } from '../../../../src/contract/contract.ts';
import { Button } from '../../parts/button.tsx';
import { classNames } from '../../parts/class-names.ts';
import { Page } from '../../parts/page.tsx';
import { Empty, Failed, Loading } from '../../parts/states.tsx';
import { escalationsRoute } from '../../router.tsx';
import { DecisionCard } from './decision-card.tsx';
import { Measures } from './measures.tsx';
import { useCardKeys } from './use-card-keys.ts';
import { type QuestionStatus, useQuestion, useQuestions } from './use-questions.ts';

export function EscalationsPage() {
  const { status, id } = escalationsRoute.useSearch();
  useCardKeys();
  return (
    <Page
      title="Escalations"
      lead="Questions that need a decision from your team."
      actions={<Filter status={status ?? 'open'} />}
    >
      <Measures />
      {id ? <OneQuestion key={id} id={id} /> : <Questions status={status ?? 'open'} />}
    </Page>
  );
}

const filters = [
  { status: 'open', label: 'Open' },
  { status: 'mine', label: 'Mine' },
  { status: 'all', label: 'All' },
] as const;

function Filter({ status }: { status: QuestionStatus }) {
  const look = (isOn: boolean) =>
    classNames(
      'inline-flex min-h-11 items-center rounded-md px-3.5 font-medium',
      isOn ? 'bg-accent text-on-accent' : 'border border-line bg-surface hover:bg-raised',
    );
  return (
    <nav aria-label="Filter questions" className="flex gap-2">
      {filters.map(({ status: one, label }) => (
        <Link
          key={one}
          to="/escalations"
          search={one === 'open' ? {} : { status: one }}
          className={look(one === status)}
          aria-current={one === status ? 'true' : undefined}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}

function Questions({ status }: { status: QuestionStatus }) {
  const { query, cards, shown } = useQuestions(status);
  if (query.isPending) return <Loading what="the questions" lines={6} />;
  if (query.isError && shown.length === 0)
    return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  if (shown.length === 0) return <NothingAsked status={status} />;
  return (
    <div className="mx-auto flex w-full max-w-3xl flex-col gap-4">
      {query.isError ? <Failed error={query.error} onRetry={() => void query.refetch()} /> : null}
      {cards.size === 0 ? (
        <p role="status" className="rounded-md bg-good-soft px-3 py-2 font-medium text-good">
          No more open questions.
        </p>
      ) : null}
      {shown.map((id) => (
        <ShownQuestion key={id} id={id} card={cards.get(id)} />
      ))}
      {query.hasNextPage ? (
        <Button size="large" isBusy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Show more questions
        </Button>
      ) : null}
    </div>
  );
}

const nothingTitles = {
  open: 'No open questions',
  mine: 'No open questions for you',
  all: 'No questions yet',
} as const;

function NothingAsked({ status }: { status: QuestionStatus }) {
  return (
    <Empty
      title={nothingTitles[status]}
      action={
        <Link to="/work-orders" className="inline-flex min-h-11 items-center text-accent underline">
          View work orders
        </Link>
      }
    >
      When Moose cannot continue a work order on its own, it asks here: what happened, what it tried, and your
      options, each with its cost, risk and success rate. Notifications in Slack, Discord or a webhook link to
      this page.
    </Empty>
  );
}

/** Stays visible after it is answered and then shows who answered and how. */
function ShownQuestion({ id, card }: { id: string; card: EscalationCard | undefined }) {
  const { data, error } = useQuestion(id, card);
  const newest = data && data.status !== 'open' ? data : (card ?? data);
  if (newest) return <DecisionCard card={newest} />;
  return error ? <Failed error={error} /> : <Loading what="the question" lines={3} />;
}

function OneQuestion({ id }: { id: string }) {
  const { data, error, isError, refetch } = useQuestion(id);
  const place = useRef<HTMLDivElement>(null);
  const isThere = data !== undefined;
  useEffect(() => {
    if (isThere) place.current?.querySelector<HTMLElement>('[data-question]')?.focus();
  }, [isThere]);
  return (
    <div ref={place} className="mx-auto flex w-full max-w-3xl flex-col gap-4">
      <Link to="/escalations" search={{}} className="inline-flex min-h-11 items-center text-accent underline">
        All open questions
      </Link>
      {data ? <DecisionCard card={data} isMarked /> : null}
      {isError && !data ? <Failed error={error} onRetry={() => void refetch()} /> : null}
      {!data && !isError ? <Loading what="the question" lines={6} /> : null}
    </div>
  );
}
