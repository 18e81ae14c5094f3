// The work orders of a running plan, in the order in which they can run.
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { PlannedWorkOrder } from '../../../../src/contract/contract.ts';
import { Badge } from '../../parts/badge.tsx';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { usd } from '../../parts/money.ts';
import { type Column, PlainTable } from '../../parts/plain-table.tsx';
import { legible } from '../../parts/plain-text.ts';
import { Failed, Loading } from '../../parts/states.tsx';
import { ActsBar } from '../work-order/acts-bar.tsx';
import { withLabels } from '../work-order/command-labels.ts';
import { LinkedText } from '../work-order/linked-text.tsx';
import { OutsideLink } from '../work-order/outside-link.tsx';
import { useDetail } from '../work-order/use-work-order.ts';
import { heldBackBy, lookOf } from './order-look.ts';
import { usdSpan } from './span-words.ts';

export interface RunTableProps {
  orders: readonly PlannedWorkOrder[];
  mayChange: boolean;
}

export function RunTable({ orders, mayChange }: RunTableProps) {
  const [openKey, setOpenKey] = useState<string | null>(null);
  // Uses the current work order, not its state when the dialog was opened.
  const open = orders.find(({ key }) => key === openKey);
  return (
    <>
      <PlainTable
        caption="Work orders of the plan"
        items={orders}
        keyOf={({ key }) => key}
        columns={[...columns, ...(mayChange ? [actsColumn(({ key }) => setOpenKey(key))] : [])]}
      />
      {open ? <PartDialog order={open} onClose={() => setOpenKey(null)} /> : null}
    </>
  );
}

const columns: ReadonlyArray<Column<PlannedWorkOrder>> = [
  {
    head: 'Work order',
    cell: ({ id, key, title }) => (
      <span className="flex flex-col sm:min-w-40">
        <Link
          to="/work-orders/$id"
          params={{ id }}
          className="inline-flex min-h-6 items-center text-accent underline underline-offset-2"
        >
          {key}
        </Link>
        <span className="text-[13px] font-normal text-quiet">{legible(title)}</span>
      </span>
    ),
  },
  {
    head: 'State',
    cell: (order) => {
      const { word, tone, Icon } = lookOf(order);
      return (
        <span className="flex flex-col sm:min-w-56 items-start gap-0.5">
          <Badge tone={tone}>
            <Icon aria-hidden size={13} />
            {word}
          </Badge>
          {order.status === 'completed' ? null : (
            <span className="text-[13px] text-quiet [overflow-wrap:anywhere]">
              <LinkedText text={order.explain} id={order.id} />
            </span>
          )}
          <span className="text-[13px] font-medium [overflow-wrap:anywhere] empty:hidden">
            {heldBackBy(order)}
          </span>
        </span>
      );
    },
  },
  { head: 'Waits for', cell: ({ waits_for }) => waits_for.join(', ') || '–' },
  {
    head: 'Cost',
    cell: ({ cost_usd, estimate_usd }) => (
      <span className="whitespace-nowrap tabular-nums">
        {usd(cost_usd)}
        {estimate_usd === null ? null : (
          <span className="block text-[13px] text-quiet">of {usdSpan(estimate_usd)}</span>
        )}
      </span>
    ),
  },
  {
    head: 'Pull request',
    cell: ({ pull_request, is_merged, is_reverted }) =>
      pull_request === null ? (
        '–'
      ) : (
        <OutsideLink href={pull_request}>
          {is_reverted ? 'reverted' : is_merged ? 'merged' : 'open'}
        </OutsideLink>
      ),
  },
];

function actsColumn(onOpen: (order: PlannedWorkOrder) => void): Column<PlannedWorkOrder> {
  return {
    head: 'Actions',
    cell: (order) => (
      <Button size="small" aria-label={`Actions on ${order.key}`} onClick={() => onOpen(order)}>
        Actions
      </Button>
    ),
  };
}

/** Pauses, resumes, retries or cancels one work order; the others continue. */
function PartDialog({ order, onClose }: { order: PlannedWorkOrder; onClose(): void }) {
  const detail = useDetail(order.id);
  const held = heldBackBy(order);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={legible(order.title)}
      description={legible(withLabels(order.explain))}
    >
      {held === null ? null : <p className="mb-3 font-medium [overflow-wrap:anywhere]">{held}</p>}
      {detail.data ? <ActsBar detail={detail.data} /> : null}
      {detail.isPending ? <Loading what="the work order" lines={2} /> : null}
      {detail.isError ? <Failed error={detail.error} onRetry={() => void detail.refetch()} /> : null}
    </Dialog>
  );
}
