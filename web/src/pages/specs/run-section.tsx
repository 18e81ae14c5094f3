// A running plan: its results so far, its graph and its table, all live.

import type { PlannedWorkOrder, Spec, SpecRun } from '../../../../src/contract/contract.ts';
import { Badge } from '../../parts/badge.tsx';
import { Card } from '../../parts/card.tsx';
import { usd } from '../../parts/money.ts';
import { nameOfActor } from '../../parts/name-of-actor.ts';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { countsOf, runTones } from './order-look.ts';
import { PlanGraph } from './plan-graph.tsx';
import { RunActs } from './run-acts.tsx';
import { RunSummary } from './run-summary.tsx';
import { RunTable } from './run-table.tsx';

export interface RunSectionProps {
  spec: Spec;
  run: SpecRun;
  mayChange: boolean;
}

export function RunSection({ spec, run, mayChange }: RunSectionProps) {
  const { work_orders: orders } = run;
  return (
    <>
      <Card title="Progress">
        <div className="flex flex-col gap-3">
          <StateLine run={run} />
          {mayChange ? <RunActs spec={spec} run={run} /> : null}
          <Bar orders={orders} />
        </div>
      </Card>
      {run.state === 'done' || run.state === 'cancelled' ? <RunSummary run={run} /> : null}
      <Card title="Work orders">
        <div className="flex flex-col gap-3">
          <PlanGraph
            orders={orders}
            layers={layersOf(orders)}
            states={new Map(orders.map((order) => [order.key, order]))}
          />
          <RunTable orders={orders} mayChange={mayChange} />
        </div>
      </Card>
      {run.state === 'done' || run.state === 'cancelled' ? null : <RunSummary run={run} />}
    </>
  );
}

function layersOf(orders: readonly PlannedWorkOrder[]): string[][] {
  const layers = Map.groupBy(orders, ({ layer }) => layer);
  return Array.from(layers)
    .sort(([one], [other]) => one - other)
    .map(([, each]) => each.map(({ key }) => key));
}

function StateLine({ run }: { run: SpecRun }) {
  const { state, version, approved_by, approved_at, changed_by, work_orders, summary } = run;
  const isSteered = state === 'paused' || state === 'cancelled';
  return (
    <div role="status" className="flex flex-col gap-1 [overflow-wrap:anywhere]">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Badge tone={runTones[state]}>{state}</Badge>
        {isSteered ? (
          <span>
            by <Words text={nameOfActor(changed_by)} />
          </span>
        ) : null}
        <span className="font-medium">{countsOf(work_orders)}</span>
        <span className="tabular-nums">
          · {usd(summary.cost_usd)}
          {summary.estimate_usd
            ? ` of ${usd(summary.estimate_usd.low)} – ${usd(summary.estimate_usd.high)} expected`
            : ''}
        </span>
      </p>
      <p className="text-[13px] text-quiet">
        Version {version} of the plan, approved by <Words text={nameOfActor(approved_by)} />{' '}
        <Ago at={approved_at} />
        {state === 'approved' ? '. Nothing has started yet.' : null}
      </p>
    </div>
  );
}

function Bar({ orders }: { orders: readonly PlannedWorkOrder[] }) {
  const done = orders.filter(({ status }) => status === 'completed').length;
  return (
    <div
      role="progressbar"
      aria-label="Completed work orders"
      aria-valuemin={0}
      aria-valuemax={orders.length}
      aria-valuenow={done}
      aria-valuetext={`${done} of ${orders.length}`}
      className="h-2 overflow-hidden rounded-full border border-line bg-raised"
    >
      <div className="h-full bg-good" style={{ width: `${(100 * done) / Math.max(1, orders.length)}%` }} />
    </div>
  );
}
