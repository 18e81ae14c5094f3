import { Link } from '@tanstack/react-router';
import type { ParentView, SubtaskView } from '../../../../src/contract/contract.ts';
import { Badge } from '../../parts/badge.tsx';
import { Card } from '../../parts/card.tsx';
import { usd } from '../../parts/money.ts';
import { type Column, PlainTable } from '../../parts/plain-table.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { Words } from '../../parts/words.tsx';
import { OutsideLink } from './outside-link.tsx';

/** The work orders that the agent of this one has asked for. */
export function Subtasks({ subtasks }: { subtasks: readonly SubtaskView[] }) {
  return (
    <Card title="Sub-tasks" isFlush>
      <PlainTable
        caption="The sub-tasks that the agent has asked for, oldest first"
        items={subtasks}
        keyOf={(one) => one.work_order_id}
        columns={columns}
      />
      <p className="border-t border-line px-4 py-2 text-[13px] text-quiet">
        What a sub-task may cost is taken out of the limit of this work order, which does not wait for it.
      </p>
    </Card>
  );
}

/** The work order whose agent has asked for this one. */
export function AskedForBy({ parent }: { parent: ParentView }) {
  return (
    <p className="mb-4 text-[13px]">
      Sub-task of <OrderLink id={parent.work_order_id} title={parent.title} />: its agent wrote the title and
      the instructions. <StatusBadge status={parent.status} />
    </p>
  );
}

const none = <span className="text-quiet">–</span>;

const columns: ReadonlyArray<Column<SubtaskView>> = [
  { head: 'Title', cell: (one) => <OrderLink id={one.work_order_id} title={one.title} /> },
  {
    head: 'Status',
    cell: (one) =>
      one.waits_for_approval ? (
        <Badge tone="warn">waits for approval</Badge>
      ) : (
        <StatusBadge status={one.status} />
      ),
  },
  { head: 'Cost', cell: (one) => <span className="tabular-nums">{usd(one.cost_usd)}</span> },
  {
    head: 'Limit',
    cell: (one) =>
      one.limit_usd === null ? none : <span className="tabular-nums">{usd(one.limit_usd)}</span>,
  },
  { head: 'Pull request', cell: pullRequestOf },
];

function OrderLink({ id, title }: { id: string; title: string }) {
  return (
    <Link
      to="/work-orders/$id"
      params={{ id }}
      className="inline-flex min-h-8 items-center text-accent underline"
    >
      <Words text={title} />
    </Link>
  );
}

function pullRequestOf({ pull_request }: SubtaskView) {
  if (pull_request === null) return none;
  return pull_request.startsWith('http') ? (
    <OutsideLink href={pull_request}>{pull_request}</OutsideLink>
  ) : (
    pull_request
  );
}
