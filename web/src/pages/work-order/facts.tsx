import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { WorkOrderDetail } from '../../../../src/contract/contract.ts';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { MoneyBar } from './money-bar.tsx';
import { OutsideLink } from './outside-link.tsx';
import { stepName } from './runs-of.ts';

/** Key facts: one row on wide screens, two columns on phones. */
export function Facts({ detail }: { detail: WorkOrderDetail }) {
  const { counters } = detail;
  const tokens = counters.input_tokens + counters.output_tokens;
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-3 rounded-lg border border-line bg-surface p-4 sm:grid-cols-3 lg:grid-cols-6">
      <Fact name="Project">
        <Link
          to="/work-orders"
          search={{ project: detail.project }}
          className="text-accent underline underline-offset-2"
        >
          <Words text={detail.project} />
        </Link>
      </Fact>
      <Fact name="Step">
        {detail.step ? stepName(detail.step) : 'not started'}
        {detail.step_state ? (
          <span className="block text-[13px] text-quiet">{detail.step_state.replaceAll('_', ' ')}</span>
        ) : null}
      </Fact>
      <Fact name="Cost">
        <MoneyBar detail={detail} />
      </Fact>
      <Fact name="Submitted">
        <Ago at={detail.created_at} />
        <span className="block text-[13px] text-quiet">
          updated <Ago at={detail.updated_at} />
        </span>
      </Fact>
      <Fact name="Branch">
        {detail.branch ? <Words className="font-mono text-[13px]" text={detail.branch} /> : '–'}
        {detail.pull_request ? (
          <span className="block">
            <OutsideLink href={detail.pull_request}>pull request</OutsideLink>
          </span>
        ) : null}
      </Fact>
      <Fact name="Agent and model">
        <Words
          className={detail.command === null ? '' : 'font-mono text-[13px]'}
          text={detail.command ?? detail.agent ?? 'no agent yet'}
        />
        <span className="block text-[13px] text-quiet">
          <Words text={detail.model ?? (detail.command === null ? 'no model yet' : 'a command, no model')} />
          {tokens > 0 ? ` · ${compact.format(tokens)} tokens` : ''}
        </span>
      </Fact>
    </dl>
  );
}

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0 [overflow-wrap:anywhere]">
      <dt className="text-[13px] text-quiet">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
