import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Budget } from '../../../../src/contract/contract.ts';
import { usd } from '../../parts/money.ts';
import { Ago, duration } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { many } from './words.ts';

const linkClass = 'text-accent underline underline-offset-2 [overflow-wrap:anywhere]';
/** Maximum number of rows; the others are only counted. */
const shownMax = 50;

/** Current reservations and the calls that use them. */
export function UnderWay({ budget: { envelopes, calls, architect } }: { budget: Budget }) {
  const titles = new Map(envelopes.map(({ work_order_id, title }) => [work_order_id, title]));
  return (
    <div className="divide-y divide-line border-t border-line">
      <Listed
        title={many(envelopes.length, 'open reservation')}
        note={usd(envelopes.reduce((sum, { reserved_usd }) => sum + reserved_usd, 0))}
      >
        {envelopes.slice(0, shownMax).map((envelope) => (
          <li key={envelope.id} className="px-4 py-2">
            <Whose id={envelope.work_order_id} title={envelope.title} otherwise={envelope.service} />
            <p className="text-[13px] text-quiet tabular-nums">
              {usd(envelope.reserved_usd)} reserved, {usd(envelope.spent_usd)} spent
              {envelope.presumed_usd > 0 ? `, ${usd(envelope.presumed_usd)} presumed spent` : ''}
              {envelope.open_usd > 0 ? `, ${usd(envelope.open_usd)} in running calls` : ''} ·{' '}
              <Ago at={envelope.created_at} />
            </p>
          </li>
        ))}
      </Listed>
      <Listed
        title={many(calls.length, 'running call')}
        note={usd(calls.reduce((sum, { held_usd }) => sum + held_usd, 0))}
      >
        {calls.slice(0, shownMax).map((call) => (
          <li key={call.id} className="px-4 py-2">
            <Whose
              id={call.work_order_id}
              title={titles.get(call.work_order_id) ?? null}
              otherwise={call.service}
            />
            <p className="text-[13px] text-quiet tabular-nums [overflow-wrap:anywhere]">
              <Words text={call.model ?? 'unknown model'} />, {usd(call.held_usd)} reserved, running for{' '}
              {duration(call.since_ms)}
            </p>
          </li>
        ))}
      </Listed>
      <p className="flex justify-between gap-3 px-4 py-2 text-[13px] text-quiet">
        <span>Architect budget, today</span>
        <span className="tabular-nums">
          {usd(architect.spent_usd)} spent, {usd(architect.held_usd)} reserved
        </span>
      </p>
    </div>
  );
}

function Listed({ title, note, children }: { title: string; note: string; children: ReactNode[] }) {
  if (children.length === 0) return <p className="px-4 py-2 text-[13px] text-quiet">{title}</p>;
  return (
    <details>
      <summary className="flex min-h-9 items-center justify-between gap-3 px-4 py-2 text-[13px]">
        <span className="underline underline-offset-2">{title}</span>
        <span className="text-quiet tabular-nums">{note}</span>
      </summary>
      <ul
        aria-label={title}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable areas must be focusable
        tabIndex={0}
        className="max-h-72 divide-y divide-line overflow-y-auto border-t border-line"
      >
        {children}
      </ul>
    </details>
  );
}

function Whose({ id, title, otherwise }: { id: string | null; title: string | null; otherwise: string }) {
  if (id === null) return <Words text={otherwise} />;
  return (
    <Link to="/work-orders/$id" params={{ id }} className={linkClass}>
      <Words text={title ?? id} />
    </Link>
  );
}
