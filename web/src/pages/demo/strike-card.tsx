// One fault: when it hit, what Moose noticed, what it did, and when all work was done.
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { DemoStrike } from '../../../../src/contract/contract.ts';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { Card } from '../../parts/card.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { Ago, duration } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';

const states: Readonly<Record<DemoStrike['state'], { text: string; tone: Tone }>> = {
  beginning: { text: 'work is starting', tone: 'neutral' },
  injected: { text: 'hit', tone: 'bad' },
  recovered: { text: 'recovered', tone: 'good' },
  asked: { text: 'asked a person', tone: 'warn' },
  not_ended: { text: 'did not finish', tone: 'bad' },
  skipped: { text: 'no target', tone: 'neutral' },
};

export function StrikeCard({ strike }: { strike: DemoStrike }) {
  const { number, title, state, because, injected_at, noticed, did, recovered_ms } = strike;
  const { text, tone } = states[state];
  return (
    <Card title={`${number}. ${title}`} aside={<Badge tone={tone}>{text}</Badge>}>
      <ol aria-live="polite" className="flex flex-col gap-2.5 [overflow-wrap:anywhere]">
        <Moment name="Fault">
          {injected_at === null ? 'waiting for a work order to run' : <Ago at={injected_at} />}
        </Moment>
        {noticed.map(({ after_ms, what }) => (
          <Moment key={what} name={`Noticed after ${duration(after_ms)}`}>
            <Words text={what} />
          </Moment>
        ))}
        {did.map((one) => (
          <Moment key={one} name="Moose">
            {one}
          </Moment>
        ))}
        {recovered_ms === null ? null : (
          <Moment name={`Recovered after ${duration(recovered_ms)}`}>all work orders are completed</Moment>
        )}
        {state === 'asked' ? (
          <Moment name="Your turn">
            <Link to="/escalations" className="underline">
              answer the question
            </Link>
          </Moment>
        ) : null}
        {because === null ? null : <Moment name="Because">{because}</Moment>}
      </ol>
      <WorkOrders strike={strike} />
    </Card>
  );
}

function Moment({ name, children }: { name: string; children: ReactNode }) {
  return (
    <li className="flex flex-col sm:flex-row sm:gap-3">
      <span className="shrink-0 font-medium sm:w-48">{name}</span>
      <span className="min-w-0">{children}</span>
    </li>
  );
}

function WorkOrders({ strike }: { strike: DemoStrike }) {
  return (
    <ul className="mt-3 flex flex-col gap-1.5 border-t border-line pt-3">
      {strike.work_orders.map(({ id, title, status }) => (
        <li key={id} className="flex flex-wrap items-center gap-2">
          <Link to="/work-orders/$id" params={{ id }} className="underline [overflow-wrap:anywhere]">
            {title}
          </Link>
          {strike.state === 'injected' || strike.state === 'beginning' ? null : (
            <StatusBadge status={status} />
          )}
        </li>
      ))}
    </ul>
  );
}
