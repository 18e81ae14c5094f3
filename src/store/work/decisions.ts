// Decisions and failures: rows are only added.
import { newId, type WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../database.ts';
import type { Tables } from '../schema/tables.ts';
import { toJson } from '../storable.ts';

export interface Decision {
  workOrderId: WorkOrderId | null;
  kind: Tables['decisionLogs']['kind'];
  agentType: string;
  input: Record<string, unknown>;
  output: Record<string, unknown>;
}

export async function insertDecision(query: Query, decision: Decision): Promise<void> {
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

export function errorsOf(query: Query, workOrderId: WorkOrderId) {
  return query
    .selectFrom('errorEvents')
    .selectAll()
    .where('workOrderId', '=', workOrderId)
    .orderBy('timestamp')
    .execute();
}
