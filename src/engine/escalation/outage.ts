// One provider that is away is one question, however many work orders wait for it; they go on by themselves (R-ESC-5).
import { sql } from 'kysely';
import type { MooseError } from '../../domain/failure.ts';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../../store/database.ts';
import { openEscalation, withdrawEscalations } from '../../store/escalations.ts';
import { recordEvent, type WorkOrder } from '../../store/work-orders.ts';
import type { CircuitKey } from '../recovery/circuits.ts';
import { outageOptions } from './outage-options.ts';

/** Circuits of one provider and of its models are one outage. */
export function outageKey(circuit: CircuitKey): string {
  const [, kind = '', name = ''] = /^([^:]+):(.*)$/.exec(circuit) ?? [];
  return kind === 'model' ? `outage:provider:${name.split('/')[0]}` : `outage:${circuit}`;
}

/** The question that is asked for all who wait behind this circuit; this work order waits for its answer too. */
export async function joinOutage(
  query: Query,
  { circuit, order, failure }: { circuit: CircuitKey; order: WorkOrder; failure: MooseError },
): Promise<void> {
  const groupKey = outageKey(circuit);
  const what = groupKey.replace(/^outage:/, '').replace(':', ' ');
  const { id } = await openEscalation(query, {
    workOrderId: null,
    failureClass: failure.failureClass,
    title: `The ${what} is away: ${failure.message}`,
    context: {
      code: failure.code,
      circuit,
      because: 'it failed again and again, and is left alone until a probe comes through',
      advice: failure.advice ?? null,
      evidence: failure.metadata,
    },
    options: outageOptions(),
    recommendedOption: 'wait',
    component: 'circuits',
    operation: circuit,
    code: 'OUTAGE',
    groupKey,
  });
  const joined = await query
    .insertInto('escalationMembers')
    .values({ escalationId: id, workOrderId: order.id })
    .onConflict((conflict) =>
      conflict
        .columns(['escalationId', 'workOrderId'])
        .doUpdateSet({ leftAt: null })
        .where('escalationMembers.leftAt', 'is not', null),
    )
    .returning('workOrderId')
    .executeTakeFirst();
  if (!joined) return;
  await recordEvent(query, {
    workOrderId: order.id,
    kind: 'paused',
    actor: 'moose:circuits',
    reason: `the ${what} is away`,
    detail: { circuit, escalationId: id },
  });
}

/** The work order has come through: it waits for no answer any more. */
export async function leaveOutages(query: Query, workOrderId: WorkOrderId): Promise<void> {
  await query
    .updateTable('escalationMembers')
    .set({ leftAt: sql<Date>`clock_timestamp()` })
    .where('workOrderId', '=', workOrderId)
    .where('leftAt', 'is', null)
    .execute();
}

/** The circuit is closed: nobody has to answer any more. How many questions that ended. */
export async function endOutage(query: Query, circuit: CircuitKey): Promise<number> {
  const ended = await withdrawEscalations(query, { groupKey: outageKey(circuit) }, `${circuit} works again`);
  return ended.length;
}
