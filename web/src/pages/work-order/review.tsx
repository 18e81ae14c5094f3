// What a person needs to decide about a change, in the order in which they read it.
import { Link } from '@tanstack/react-router';
import type { WorkOrderDetail } from '../../../../src/contract/contract.ts';
import { Card } from '../../parts/card.tsx';
import { usd } from '../../parts/money.ts';
import { legible } from '../../parts/plain-text.ts';
import { Words } from '../../parts/words.tsx';
import { AskedFor } from './asked-for.tsx';
import { AskedOf } from './asked-of.tsx';
import { DiffTab } from './diff.tsx';
import { Facts } from './facts.tsx';
import { Proof } from './proof.tsx';
import { PullRequestsTab } from './pull-requests.tsx';

export function ReviewTab({ detail }: { detail: WorkOrderDetail }) {
  const { asked, said, pull_requests: pulls } = detail;
  const isElsewhere = pulls.some(({ host, remarks }) => host !== 'local' || remarks.length > 0);
  return (
    <div className="flex flex-col gap-4">
      <Proof {...detail} />
      {asked ? <AskedOf asked={asked} /> : null}
      <section aria-label="The change">
        <DiffTab {...detail} />
      </section>
      {said === null ? null : (
        <Card title={`What ${legible(said.agent)} said at its end`}>
          <p dir="auto" className="max-w-prose whitespace-pre-wrap [overflow-wrap:anywhere]">
            {legible(said.text)}
          </p>
        </Card>
      )}
      {isElsewhere ? <PullRequestsTab pullRequests={pulls} /> : null}
      <CostLine detail={detail} />
      <AskedFor detail={detail} />
      <Facts detail={detail} />
    </div>
  );
}

/** All that it has cost, in one line; the tab has each call. */
function CostLine({ detail }: { detail: WorkOrderDetail }) {
  const { cost_usd: cost, wasted_usd: wasted, limit_usd: limit, counters } = detail;
  const calls = counters.model_calls === 1 ? '1 model call' : `${counters.model_calls} model calls`;
  return (
    <p className="tabular-nums">
      It cost {usd(cost)} in {calls}
      {wasted > 0 ? `, ${usd(wasted)} of it in attempts that came to nothing` : ''}
      {limit === null ? '' : `; its limit is ${usd(limit)}`}.{' '}
      <Link
        to="/work-orders/$id"
        params={{ id: detail.id }}
        search={{ tab: 'cost' }}
        className="inline-flex min-h-6 items-center text-accent underline underline-offset-2"
      >
        <Words text="Each call" />
      </Link>
    </p>
  );
}
