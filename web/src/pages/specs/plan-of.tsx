// One version of a plan: its graph and table. A person edits each work order here, and approves the plan.

import { useState } from 'react';
import type { Spec, SpecPlan } from '../../../../src/contract/contract.ts';
import { Button } from '../../parts/button.tsx';
import { nameOfActor } from '../../parts/name-of-actor.ts';
import { PlainTable } from '../../parts/plain-table.tsx';
import { legible } from '../../parts/plain-text.ts';
import { Failed, Loading } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { ApproveDialog } from './approve-dialog.tsx';
import { OrderDialog } from './order-dialog.tsx';
import { changesOf, type Plan, type PlannedOrder, putOrder, removeOrder } from './plan-draft.ts';
import { PlanGraph } from './plan-graph.tsx';
import { StoreEdit } from './store-edit.tsx';
import { usePlan } from './use-spec.ts';

interface PlanOfProps {
  spec: Spec;
  version: number;
  mayChange: boolean;
  /** True if the plan runs: then the page already shows its graph. */
  isRunning: boolean;
}

export function PlanOf({ spec, version, mayChange, isRunning }: PlanOfProps) {
  const plan = usePlan(spec.id, version);
  if (plan.isPending) return <Loading what="the plan" lines={6} />;
  if (plan.isError) return <Failed error={plan.error} onRetry={() => void plan.refetch()} />;
  // Each version has its own draft.
  return <Version key={version} given={plan.data} {...{ spec, mayChange, isRunning }} />;
}

function Version({ given, spec, mayChange, isRunning }: Omit<PlanOfProps, 'version'> & { given: SpecPlan }) {
  const { version, plan, layers, problems, made_by, because, created_at } = given;
  const [draft, setDraft] = useState(plan);
  const [open, setOpen] = useState<PlannedOrder | 'new' | null>(null);
  const [isApproving, setApproving] = useState(false);
  const changes = changesOf(plan, draft);
  return (
    <div className="flex flex-col gap-3">
      <p className="text-[13px] text-quiet [overflow-wrap:anywhere]">
        Version {version} by <Words text={nameOfActor(made_by)} />: {legible(because)} ·{' '}
        <Ago at={created_at} />
      </p>
      <Problems problems={problems} />
      {mayChange && problems.length === 0 && changes === '' ? (
        <Button look="primary" className="self-start" onClick={() => setApproving(true)}>
          Approve and run…
        </Button>
      ) : null}
      <p className="whitespace-pre-wrap [overflow-wrap:anywhere]">{legible(plan.summary)}</p>
      {changes === '' && !isRunning ? <PlanGraph orders={plan.work_orders} layers={layers} /> : null}
      {changes === '' ? null : (
        <StoreEdit {...{ spec, draft, changes }} after={version} onDiscard={() => setDraft(plan)} />
      )}
      <PlannedOrders
        caption={isRunning ? 'Planned work orders' : 'Work orders of the plan'}
        plan={draft}
        layers={layers}
        onEdit={mayChange ? setOpen : null}
      />
      {mayChange ? (
        <Button className="self-start" onClick={() => setOpen('new')}>
          Add a work order
        </Button>
      ) : null}
      {open === null ? null : (
        <OrderDialog
          order={open === 'new' ? null : open}
          others={draft.work_orders.filter((order) => order !== open)}
          onDone={(order) => {
            setDraft(putOrder(draft, open === 'new' ? null : open.key, order));
            setOpen(null);
          }}
          onRemove={() => {
            if (open !== 'new') setDraft(removeOrder(draft, open.key));
            setOpen(null);
          }}
          onClose={() => setOpen(null)}
        />
      )}
      {isApproving ? (
        <ApproveDialog {...{ spec, version }} plan={plan} onClose={() => setApproving(false)} />
      ) : null}
    </div>
  );
}

function Problems({ problems }: Pick<SpecPlan, 'problems'>) {
  if (problems.length === 0) return null;
  return (
    <ul
      aria-label="Why this plan is not valid"
      className="list-disc rounded-md bg-bad-soft py-2 pr-3 pl-7 text-bad"
    >
      {problems.map(({ message }) => (
        <li key={message} className="[overflow-wrap:anywhere]">
          {legible(message)}
        </li>
      ))}
    </ul>
  );
}

interface PlannedOrdersProps {
  caption: string;
  plan: Plan;
  layers: SpecPlan['layers'];
  /** Null if nothing can be changed. */
  onEdit: ((order: PlannedOrder) => void) | null;
}

function PlannedOrders({ caption, plan, layers, onEdit }: PlannedOrdersProps) {
  const layerOf = new Map(layers.flatMap((keys, layer) => keys.map((key) => [key, layer] as const)));
  const places = (order: PlannedOrder) => layerOf.get(order.key) ?? layers.length;
  return (
    <PlainTable
      caption={caption}
      items={plan.work_orders.toSorted((a, b) => places(a) - places(b))}
      keyOf={({ key }) => key}
      columns={[
        { head: 'Key', cell: ({ key }) => <span className="whitespace-nowrap">{key}</span> },
        { head: 'Title', cell: ({ title }) => <span className="block min-w-40">{legible(title)}</span> },
        ...(onEdit
          ? [
              {
                head: 'Edit',
                cell: (order: PlannedOrder) => (
                  <Button size="small" aria-label={`Edit ${order.key}`} onClick={() => onEdit(order)}>
                    Edit
                  </Button>
                ),
              },
            ]
          : []),
        { head: 'After', cell: ({ depends_on }) => depends_on.join(', ') || '–' },
        { head: 'Files', cell: ({ files }) => files.map(({ path }) => legible(path)).join(', ') },
        {
          head: 'Done when',
          cell: ({ acceptance }) => (
            <span className="block min-w-48">{acceptance.map(({ text }) => legible(text)).join('; ')}</span>
          ),
        },
        { head: 'Complexity', cell: ({ complexity }) => complexity.toFixed(1) },
      ]}
    />
  );
}
