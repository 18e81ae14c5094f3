// The machines that run work orders, and the work that no running machine can take.
import { Link } from '@tanstack/react-router';
import type { Machine, Machines } from '../../../../src/contract/contract.ts';
import { Badge } from '../../parts/badge.tsx';
import { Card } from '../../parts/card.tsx';
import { Empty } from '../../parts/states.tsx';
import { StatusBadge } from '../../parts/status-badge.tsx';
import { Ago } from '../../parts/time.tsx';
import { Words } from '../../parts/words.tsx';
import { Answered } from './answered.tsx';
import { useMachines } from './queries.ts';
import { count, many } from './words.ts';

export function MachinesCard() {
  const machines = useMachines();
  return (
    <Card
      title="Machines"
      aside={
        <Link to="/cleanup" className="text-[13px] underline">
          Clean-up
        </Link>
      }
      isFlush
    >
      <Answered query={machines} what="the machines">
        {({ items, untaken }) => (
          <>
            {items.length === 0 ? (
              <Empty title="No machine is working">
                Running machines <code>moose up</code> or <code>moose worker</code> appear here.
              </Empty>
            ) : (
              <ul className="max-h-96 divide-y divide-line overflow-y-auto">
                {items.map((machine) => (
                  <MachineLine key={machine.processes[0]?.id ?? machine.name} machine={machine} />
                ))}
              </ul>
            )}
            {untaken.length > 0 ? <Untaken untaken={untaken} /> : null}
          </>
        )}
      </Answered>
    </Card>
  );
}

function MachineLine({ machine }: { machine: Machine }) {
  const { name, state, labels, heard_at, limits, processes, carries } = machine;
  return (
    <li className="px-4 py-2 [overflow-wrap:anywhere]">
      <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
        <Words text={name} className="font-medium" />
        <StatusBadge status={state} />
        {labels.map((label) => (
          <Badge key={label} tone="neutral">
            {label}
          </Badge>
        ))}
      </p>
      <p className="text-[13px] text-quiet">
        {many(processes.length, 'process', 'processes')}, last report <Ago at={heard_at} />
        {carries.length === 0 ? ', no work' : ', works on:'}
      </p>
      {limits ? (
        <p className="text-[13px] text-quiet">
          <Words text={limits.reason} />
        </p>
      ) : null}
      {carries.length === 0 ? null : (
        <ul className="text-[13px]">
          {carries.map((order) => (
            <li key={order.id}>
              <OrderLink {...order} />
              {order.step ? <span className="text-quiet">, {order.step.replaceAll('_', ' ')}</span> : null}
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

/** The most work orders that are listed for a reason. */
const listedMax = 5;

/** Many work orders wait for the same reason, which is said once. */
function Untaken({ untaken }: Pick<Machines, 'untaken'>) {
  const reasons = Map.groupBy(untaken, ({ because }) => because);
  return (
    <div className="flex flex-col gap-2 border-t border-line px-4 py-2 [overflow-wrap:anywhere]">
      <p className="font-medium">No running machine can take {many(untaken.length, 'work order')}</p>
      {[...reasons].map(([because, orders]) => (
        <div key={because}>
          <p>
            <Words text={because} />
          </p>
          <ul className="text-[13px] text-quiet">
            {orders.slice(0, listedMax).map((order) => (
              <li key={order.id}>
                <OrderLink {...order} />
              </li>
            ))}
            {orders.length > listedMax ? <li>and {count(orders.length - listedMax)} more</li> : null}
          </ul>
        </div>
      ))}
    </div>
  );
}

function OrderLink({ id, title }: { id: string; title: string }) {
  return (
    <Link to="/work-orders/$id" params={{ id }} data-row className="rounded-sm hover:underline">
      <Words text={title} />
    </Link>
  );
}
