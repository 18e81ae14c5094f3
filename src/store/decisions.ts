// What was decided, what failed, and what a human was asked: rows that are only ever added, or answered.
import type { EscalationOption } from '../domain/escalation.ts';
import { newId, type WorkOrderId } from '../domain/ids.ts';
import type { Query } from './database.ts';
import { storableText, toJson } from './storable.ts';
import type { Tables } from './tables.ts';

export interface Decision {
  workOrderId: WorkOrderId | null;
  kind: Tables['decisionLogs']['kind'];
  agentType: string;
  input: Record<string, unknown>;
  output: Record<string, unknown>;
}

export async function logDecision(query: Query, decision: Decision): Promise<void> {
  await query
    .insertInto('decisionLogs')
    .values({
      id: newId(new Date()),
      workOrderId: decision.workOrderId,
      kind: decision.kind,
      agentType: decision.agentType,
      inputContext: toJson(decision.input),
      decisionOutput: toJson(decision.output),
    })
    .execute();
}

export function decisionsOf(query: Query, workOrderId: WorkOrderId) {
  return query
    .selectFrom('decisionLogs')
    .selectAll()
    .where('workOrderId', '=', workOrderId)
    .orderBy('createdAt')
    .execute();
}

export function errorsOf(query: Query, workOrderId: WorkOrderId) {
  return query
    .selectFrom('errorEvents')
    .selectAll()
    .where('workOrderId', '=', workOrderId)
    .orderBy('timestamp')
    .execute();
}

export async function openEscalation(
  query: Query,
  escalation: {
    workOrderId: WorkOrderId;
    failureClass: Tables['escalations']['failureClass'];
    title: string;
    context: Record<string, unknown>;
    options: EscalationOption[];
    recommendedOption: string;
  },
): Promise<void> {
  await query
    .insertInto('escalations')
    .values({
      id: newId(new Date()),
      ...escalation,
      title: storableText(escalation.title),
      context: toJson(escalation.context),
      options: toJson(escalation.options),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** A human has acted: the open question of this work order is answered. */
export async function resolveEscalation(
  query: Query,
  workOrderId: WorkOrderId,
  answer: { option: string; by: string },
): Promise<void> {
  await query
    .updateTable('escalations')
    .set({ status: 'resolved', chosenOption: answer.option, resolvedBy: answer.by, resolvedAt: new Date() })
    .where('workOrderId', '=', workOrderId)
    .where('status', '=', 'open')
    .execute();
}

export function openEscalationOf(query: Query, workOrderId: WorkOrderId) {
  return query
    .selectFrom('escalations')
    .selectAll()
    .where('workOrderId', '=', workOrderId)
    .where('status', '=', 'open')
    .executeTakeFirst();
}
