// Decisions and failures: rows are only added.
import type { Insertable } from 'kysely';
import { newId, type WorkOrderId } from '../../../domain/ids.ts';
import type { Query } from '../../database.ts';
import type { Tables } from '../../schema/tables.ts';
import { toJson } from '../../storable.ts';

export interface Decision {
  workOrderId: WorkOrderId | null;
  kind: Tables['decisionLogs']['kind'];
  agentType: string;
  input: Record<string, unknown>;
  output: Record<string, unknown>;
  /** Set if an arm was chosen; a second choice for the same try is not written. */
  choice?: ChoiceColumns;
}

type Row = Insertable<Tables['decisionLogs']>;
export type ChoiceColumns = Pick<
  Row,
  | 'runId'
  | 'try'
  | 'mode'
  | 'policy'
  | 'isHeldOut'
  | 'arm'
  | 'learnedArm'
  | 'staticArm'
  | 'propensities'
  | 'candidates'
  | 'features'
  | 'priceVersion'
  | 'experimentId'
  | 'side'
  | 'acted'
>;

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
      ...decision.choice,
    })
    .onConflict((conflict) =>
      conflict.columns(['workOrderId', 'try']).where('try', 'is not', null).doNothing(),
    )
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
