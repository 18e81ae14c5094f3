// The results of a spec: pull requests, cost compared with the estimate, and open work.

import { Link } from '@tanstack/react-router';
import type { SpecRun } from '../../../../src/contract/contract.ts';
import { Card } from '../../parts/card.tsx';
import { usd } from '../../parts/money.ts';
import { legible } from '../../parts/plain-text.ts';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { Words } from '../../parts/words.tsx';
import { OutsideLink } from '../work-order/outside-link.tsx';
import { usdSpan } from './span-words.ts';

export function RunSummary({ run: { state, summary } }: { run: SpecRun }) {
  const { built, open, cost_usd, estimate_usd, text } = summary;
  const isOver = state === 'done' || state === 'cancelled';
  return (
    <Card title={isOver ? 'Summary' : 'So far'}>
      <div className="flex flex-col gap-4 [overflow-wrap:anywhere]">
        {isOver ? <p className="max-w-prose whitespace-pre-wrap">{legible(text)}</p> : null}
        <dl className="grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-4">
          <Figure name="Built" figure={String(built.length)} />
          <Figure name="Open" figure={String(open.length)} />
          <Figure name="Cost" figure={usd(cost_usd)} />
          <Figure name="Estimate" figure={estimate_usd === null ? 'unknown' : usdSpan(estimate_usd)} />
        </dl>
        {built.length > 0 ? (
          <section aria-label="Built">
            <h3 className="font-medium">Built</h3>
            <ul className="flex flex-col gap-1">
              {built.map(({ id, key, title, pull_request, is_merged, is_reverted }) => (
                <li key={key}>
                  <OrderLink id={id} title={title} />
                  {pull_request === null ? null : (
                    <>
                      {' · '}
                      <OutsideLink href={pull_request}>pull request</OutsideLink>
                    </>
                  )}
                  {is_reverted ? ' · merged, then reverted' : is_merged ? ' · merged' : null}
                </li>
              ))}
            </ul>
          </section>
        ) : null}
        {open.length > 0 ? (
          <section aria-label="Open">
            <h3 className="font-medium">Open</h3>
            <ul className="flex flex-col gap-1">
              {open.map(({ id, key, title, status, is_waiting }) => (
                <li key={key} className="flex flex-wrap items-center gap-2">
                  <OrderLink id={id} title={title} />
                  <StatusBadge status={is_waiting ? 'waiting' : status} />
                </li>
              ))}
            </ul>
          </section>
        ) : null}
      </div>
    </Card>
  );
}

function OrderLink({ id, title }: { id: string; title: string }) {
  return (
    <Link
      to="/work-orders/$id"
      params={{ id }}
      className="inline-flex min-h-6 items-center text-accent underline underline-offset-2"
    >
      <Words text={title} />
    </Link>
  );
}

function Figure({ name, figure }: { name: string; figure: string }) {
  return (
    <div className="min-w-0">
      <dt className="text-[13px] text-quiet">{name}</dt>
      <dd className="text-lg font-semibold tabular-nums">{figure}</dd>
    </div>
  );
}
