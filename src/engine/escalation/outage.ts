// One provider that is away is one question, however many work orders wait for it; they go on by themselves (R-ESC-5).
import { sql } from 'kysely';
import type { MooseError } from '../../domain/failure.ts';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Database, Query } from '../../store/database.ts';
import { leaveEscalations } from '../../store/escalation-members.ts';
import { recordEvent, type WorkOrder } from '../../store/work-orders.ts';
import type { CircuitKey } from '../recovery/circuits.ts';
import type { UpkeepJob } from '../upkeep/upkeep.ts';
import { askTogether } from './ask-human.ts';
import { outageOptions } from './outage-options.ts';
import { withdraw } from './resolve-question.ts';

const keyPrefix = 'outage:';
const endedEveryMs = 2_000;
/** A circuit is written down behind the call that opened it: a question may be older than its row. */
const settlesAfterMs = 10_000;

/** Circuits of one provider and of its models are one outage. */
export function outageKey(circuit: string): string {
  const [, kind = '', name = ''] = /^([^:]+):(.*)$/.exec(circuit) ?? [];
  return kind === 'model' ? `${keyPrefix}provider:${name.split('/')[0]}` : `${keyPrefix}${circuit}`;
}

/** The question that is asked for all who wait behind this circuit; this work order waits for its answer too. */
export async function joinOutage(
  query: Query,
  {
    circuit,
    order,
    failure,
    otherModels = [],
  }: { circuit: CircuitKey; order: WorkOrder; failure: MooseError; otherModels?: readonly string[] },
): Promise<void> {
  const groupKey = outageKey(circuit);
  const what = groupKey.slice(keyPrefix.length).replace(':', ' ');
  const question = {
    failureClass: failure.failureClass,
    title: `The ${what} is away: ${failure.message}`,
    context: {
      code: failure.code,
      circuit,
      because: 'it failed again and again, and is left alone until a probe comes through',
      advice: failure.advice ?? null,
      evidence: failure.metadata,
    },
    options: outageOptions(otherModels.filter((model) => outageKey(`model:${model}`) !== groupKey)),
    recommendedOption: 'wait',
    component: 'circuits',
    operation: circuit,
    code: 'OUTAGE',
    groupKey,
  };
  const { id, hasJoined } = await askTogether(query, question, order.id);
  if (!hasJoined) return;
  await recordEvent(query, {
    workOrderId: order.id,
    kind: 'paused',
    actor: 'moose:circuits',
    reason: `the ${what} is away`,
    detail: { circuit, escalationId: id },
  });
}

/** The work order has come through: it waits for no answer any more. */
export function leaveOutages(query: Query, workOrderId: WorkOrderId): Promise<void> {
  return leaveEscalations(query, workOrderId);
}

/** The circuit is closed: nobody has to answer any more. How many questions that ended. */
export function endOutage(query: Query, circuit: CircuitKey): Promise<number> {
  return withdraw(query, { groupKey: outageKey(circuit) }, `${circuit} works again`);
}

/** Withdraws the questions of outages that are over, whoever has seen their circuits close. */
export function endedOutagesJob(database: Database): UpkeepJob {
  return {
    name: 'ended-outages',
    everyMs: endedEveryMs,
    run: async (signal) => {
      for (const groupKey of await database.run(endedOutages, signal)) {
        const because = `the ${groupKey.slice(keyPrefix.length).replace(':', ' ')} works again`;
        await database.transaction((query) => withdraw(query, { groupKey }, because), signal);
      }
    },
  };
}

async function endedOutages(query: Query): Promise<string[]> {
  const { rows } = await sql<{ groupKey: string }>`
    select e.group_key from escalations e
    where e.status in ('open', 'chosen') and starts_with(e.group_key, ${keyPrefix})
      and e.created_at < clock_timestamp() - ${settlesAfterMs} * interval '1 ms'
      and not exists (select 1 from circuit_states c where c.phase <> 'closed'
        and (${keyPrefix} || c.key = e.group_key
          or c.kind = 'model' and ${keyPrefix} || 'provider:' || split_part(substr(c.key, 7), '/', 1) = e.group_key))`.execute(
    query,
  );
  return rows.map(({ groupKey }) => groupKey);
}
