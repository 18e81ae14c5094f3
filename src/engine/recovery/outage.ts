// One outage is one question, however many work orders wait for it to end; they continue automatically (R-ESC-5).

import type { MooseError } from '../../domain/failure.ts';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Database, Query } from '../../store/database.ts';
import { hasOpenAlert, resolveAlert } from '../../store/failures/alerts.ts';
import { hasAsked, listAskedKeys } from '../../store/failures/asked-causes.ts';
import { listCircuitsAtRest, listUnavailableCircuits } from '../../store/failures/circuit-states.ts';
import { leaveEscalations } from '../../store/failures/escalation-members.ts';
import { anyOf } from '../../store/work/runs/due-jobs.ts';
import { recordEvent, type WorkOrder } from '../../store/work/work-orders/work-orders.ts';
import type { PeriodicJob } from '../background/jobs/periodic-jobs.ts';
import { askTogether, sharedPrefixes, withdrawUnshared } from '../questions/ask-human.ts';
import { outageOptions } from '../questions/outage-options.ts';
import { withdraw } from '../questions/resolve-question.ts';
import type { CircuitKey } from './circuit.ts';
import { alertKeyOf } from './circuit-cause.ts';
import { recoveryFindings } from './failure-catalogue.ts';

const keyPrefix = 'outage:';
const endedEveryMs = 5_000;
/** A circuit's row is written after the call that opened it, so a question may be older than the row. */
const settlesAfterMs = 10_000;

/** The circuits of one provider and of its models belong to one outage. */
export function outageKey(circuit: string): string {
  const [, kind = '', name = ''] = /^([^:]+):(.*)$/.exec(circuit) ?? [];
  return kind === 'model' ? `${keyPrefix}provider:${name.split('/')[0]}` : `${keyPrefix}${circuit}`;
}

/** Adds the work order to the shared question about this circuit; it then waits for the answer too. */
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
    title: `The ${what} is unavailable: ${failure.message}`,
    context: {
      code: failure.code,
      circuit,
      because: 'it failed repeatedly; Moose does not call it until a probe succeeds',
      advice: failure.advice ?? null,
      evidence: failure.metadata,
    },
    options: outageOptions(otherModels.filter((model) => outageKey(`model:${model}`) !== groupKey)),
    recommendedOption: 'wait',
    component: 'circuits',
    operation: circuit,
    code: recoveryFindings.OUTAGE.entry.code,
    groupKey,
  };
  const { id, hasJoined } = await askTogether(query, question, order.id);
  if (!hasJoined) return;
  await recordEvent(query, {
    workOrderId: order.id,
    kind: 'paused',
    actor: 'moose:circuits',
    reason: `the ${what} is unavailable`,
    detail: { circuit, escalationId: id },
  });
}

/** The work order has succeeded: it no longer waits for an answer. */
export function leaveOutages(query: Query, workOrderId: WorkOrderId): Promise<void> {
  return leaveEscalations(query, workOrderId);
}

/** Withdraws the question if all circuits of the outage are closed. Returns the number of withdrawn questions. */
export async function endOutage(query: Query, circuit: CircuitKey): Promise<number> {
  const groupKey = outageKey(circuit);
  if ((await openOutages(query)).has(groupKey)) return 0;
  return withdraw(query, { groupKey }, `${circuit} works again`);
}

/** The services that are unavailable now, according to the circuits' rows. */
async function openOutages(query: Query): Promise<Set<string>> {
  return new Set((await listUnavailableCircuits(query)).map(outageKey));
}

/** Withdraws the questions about outages that have ended, whichever process closed the circuits. */
export function endedOutagesJob(database: Database): PeriodicJob {
  return {
    name: 'ended-outages',
    everyMs: endedEveryMs,
    due: anyOf(...[keyPrefix, ...sharedPrefixes].map(hasAsked), hasOpenAlert(alertKeyOf(''))),
    run: async (signal) => {
      await database.transaction(async (query) => {
        for (const groupKey of await endedOutages(query)) {
          const because = `the ${groupKey.slice(keyPrefix.length).replace(':', ' ')} works again`;
          await withdraw(query, { groupKey }, because);
        }
        await withdrawUnshared(query);
        for (const key of await listCircuitsAtRest(query))
          await resolveAlert(query, alertKeyOf(key), 'moose');
      }, signal);
    },
  };
}

async function endedOutages(query: Query): Promise<string[]> {
  const away = await openOutages(query);
  const asked = await listAskedKeys(query, keyPrefix, settlesAfterMs);
  return asked.filter((groupKey) => !away.has(groupKey));
}
