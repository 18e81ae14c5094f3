// One question with its options: what happened, the evidence, and the choices. Safe options need a single tap.
import { Link } from '@tanstack/react-router';
import { ChevronRight, Users } from 'lucide-react';
import { useEffect, useId, useRef } from 'react';
import type { EscalationCard } from '../../../../src/contract/contract.ts';
import { Badge } from '../../parts/badge.tsx';
import { classNames } from '../../parts/class-names.ts';
import { MarkedWords } from '../../parts/marked-words.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { AnswerOptions } from './answer-options.tsx';
import { DefaultNotice } from './default-notice.tsx';
import { EvidenceView, Said } from './evidence.tsx';
import { evidenceOf } from './evidence-of.ts';
import { Outcome } from './outcome.tsx';
import { Owner } from './owner.tsx';

export interface DecisionCardProps {
  card: EscalationCard;
  /** Shown on the page of its own work order, so the work order is not named again. */
  isAtHome?: boolean;
  isMarked?: boolean;
}

export function DecisionCard({ card, isAtHome = false, isMarked = false }: DecisionCardProps) {
  const titleId = useId();
  const { because, advice, texts, lastLines } = evidenceOf(card);
  const isOpen = card.status === 'open';
  const place = useFocusKept(isOpen);
  return (
    <article
      ref={place}
      data-question={card.id}
      data-row
      tabIndex={-1}
      aria-labelledby={titleId}
      className={classNames(
        'flex scroll-mt-4 flex-col gap-3 rounded-xl border bg-surface p-4 [overflow-wrap:anywhere] sm:p-5',
        isMarked ? 'border-accent ring-1 ring-accent' : isOpen ? 'border-warn' : 'border-line',
      )}
    >
      <Head card={card} titleId={titleId} isAtHome={isAtHome} />
      {because ? (
        <p>
          <span className="text-quiet">Needs your decision: </span>
          <MarkedWords text={because.replace(/\.$/, '')} />.
        </p>
      ) : null}
      {advice && isOpen ? (
        <p className="text-quiet">
          <MarkedWords text={advice} />
        </p>
      ) : null}
      {isOpen && lastLines !== '' ? <Said text={lastLines} label={`Last lines: ${texts[0]?.name}`} /> : null}
      <Waiting card={card} />
      {isOpen ? <Owner card={card} /> : null}
      {isOpen ? (
        <>
          <DefaultNotice card={card} />
          <AnswerOptions card={card} />
        </>
      ) : (
        <Outcome card={card} />
      )}
      <details className="group">
        <summary className="flex min-h-11 cursor-pointer list-none items-center gap-1 font-medium text-accent">
          <ChevronRight aria-hidden size={16} className="group-open:rotate-90" />
          All evidence
        </summary>
        <div className="pt-2">
          <EvidenceView card={card} />
        </div>
      </details>
    </article>
  );
}

interface HeadProps {
  card: EscalationCard;
  titleId: string;
  isAtHome: boolean;
}

function Head({ card, titleId, isAtHome }: HeadProps) {
  return (
    <header className="flex flex-col gap-1.5">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-[13px] text-quiet">
        {card.status === 'open' ? <Badge tone="warn">needs you</Badge> : <StatusBadge status={card.status} />}
        <StatusBadge status={card.severity} />
        <span>{card.failure_class.replaceAll('_', ' ')}</span>
        <span>
          asked <Ago at={card.created_at} />
        </span>
        {card.reminders > 0 ? (
          <span>{card.reminders === 1 ? '1 reminder' : `${card.reminders} reminders`}</span>
        ) : null}
      </p>
      <h2 id={titleId} dir="auto" className="text-base font-semibold">
        <MarkedWords text={card.title} />
      </h2>
      {isAtHome ? null : <Whose card={card} />}
    </header>
  );
}

/** The pressed option disappears with its answer; this keeps the focus on the card, not at the top of the page. */
function useFocusKept(isOpen: boolean) {
  const place = useRef<HTMLElement>(null);
  const wasOpen = useRef(isOpen);
  useEffect(() => {
    if (wasOpen.current && !isOpen && document.activeElement === document.body)
      place.current?.focus({ preventScroll: true });
    wasOpen.current = isOpen;
  }, [isOpen]);
  return place;
}

function Whose({ card }: { card: EscalationCard }) {
  const order = card.work_order;
  if (!order) return null;
  return (
    <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
      <Link
        to="/work-orders/$id"
        params={{ id: order.id }}
        className="-my-2 inline-flex min-h-11 items-center font-medium text-accent underline underline-offset-2"
      >
        <Words text={order.title} />
      </Link>
      <span className="text-quiet">
        in <Words text={order.project} />
      </span>
      <StatusBadge status={order.status} />
    </p>
  );
}

function Waiting({ card }: { card: EscalationCard }) {
  const waiting = card.waiting.reduce((sum, each) => sum + each.waiting, 0);
  if (card.group_key === null && waiting === 0) return null;
  return (
    <p className="flex items-start gap-2 rounded-md bg-info-soft px-3 py-2 text-info">
      <Users aria-hidden size={16} className="mt-0.5 shrink-0" />
      <span>
        {waiting === 1 ? '1 work order is' : `${waiting} work orders are`} waiting for this answer
        {card.waiting.length > 0 ? ': ' : '.'}
        {card.waiting.map((each, index) => (
          <span key={each.project}>
            {index > 0 ? ', ' : ''}
            {each.waiting} in <Words text={each.project} />
            {each.joined > each.waiting ? ` (${each.joined} in total)` : ''}
          </span>
        ))}
      </span>
    </p>
  );
}
