import { Link } from '@tanstack/react-router';
import type { JointMemberView, JointView } from '../../../../src/contract/contract.ts';
import { Badge } from '../../parts/badge.tsx';
import { Card } from '../../parts/card.tsx';
import { usd } from '../../parts/money.ts';
import { type Column, PlainTable } from '../../parts/plain-table.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { Words } from '../../parts/words.tsx';
import { OutsideLink } from './outside-link.tsx';

/** All changes of a joint change, in the order of merging; `shown` is the work order of this page. */
export function JointChange({ joint, shown }: { joint: JointView; shown: string }) {
  const { items, outcome, because, limit_usd } = joint;
  return (
    <Card title={`Joint change in ${items.length} repositories`} isFlush>
      <PlainTable
        caption="The changes of this joint change, in merge order"
        items={items}
        keyOf={(one) => one.work_order_id}
        columns={columnsOf(shown)}
      />
      <p className="border-t border-line px-4 py-2 text-[13px] text-quiet">
        {outcome === null ? (
          'Nothing is published before all have passed their checks'
        ) : (
          <Words text={`${outcome === 'published' ? 'Published' : 'Cancelled'}: ${because}`} />
        )}
        .{limit_usd === null ? null : ` Together they may cost at most ${usd(limit_usd)}.`}
      </p>
    </Card>
  );
}

const none = <span className="text-quiet">–</span>;

function columnsOf(shown: string): ReadonlyArray<Column<JointMemberView>> {
  return [
    { head: 'Repository', cell: (one) => <Name one={one} isShown={one.work_order_id === shown} /> },
    { head: 'Status', cell: (one) => <StatusBadge status={one.status} /> },
    { head: 'Waits for', cell: (one) => (one.waits_for.length === 0 ? none : one.waits_for.join(', ')) },
    { head: 'Cost', cell: (one) => <span className="tabular-nums">{usd(one.cost_usd)}</span> },
    { head: 'Pull request', cell: pullRequestOf },
  ];
}

function Name({ one, isShown }: { one: JointMemberView; isShown: boolean }) {
  const name = `${one.number}. ${one.project}`;
  if (isShown) return <>{name} (this one)</>;
  return (
    <Link
      to="/work-orders/$id"
      params={{ id: one.work_order_id }}
      className="inline-flex min-h-8 items-center text-accent underline"
    >
      {name}
    </Link>
  );
}

function pullRequestOf({ pull_request, is_merged }: JointMemberView) {
  if (pull_request === null) return none;
  if (is_merged) return <Badge tone="good">merged</Badge>;
  return pull_request.startsWith('http') ? (
    <OutsideLink href={pull_request}>{pull_request}</OutsideLink>
  ) : (
    pull_request
  );
}
