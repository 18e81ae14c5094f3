// Moose's own destructive acts have a breaker: many at once stop and ask (R-PIPE-14). It counts work orders, not acts,
// so that one undo is always whole.
import { sql } from 'kysely';
import { PermanentError } from '../../domain/failure.ts';
import { newId, shortId, type WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../../store/database.ts';
import type { EffectKind } from '../../store/tables.ts';

const destructiveKinds: readonly EffectKind[] = ['pull_request', 'push', 'branch'];

export function isDestructive(kind: EffectKind): boolean {
  return destructiveKinds.includes(kind);
}

/** What speaks against another one now; undefined where nothing does. Raises an alert when something does. */
export async function destructionHalted(
  query: Query,
  workOrderId: WorkOrderId,
  perMinuteMax: number,
): Promise<PermanentError | undefined> {
  const { rows } = await sql<{
    others: number;
  }>`select count(distinct work_order_id)::int as others from effects
    where state = 'undone' and kind in (${sql.join(destructiveKinds)}) and work_order_id <> ${workOrderId}
      and updated_at > clock_timestamp() - interval '1 minute'`.execute(query);
  const others = rows[0]?.others ?? 0;
  if (others < perMinuteMax) return undefined;
  const message = `${others} work orders were undone within a minute: Moose stops here, and asks whether that is meant.`;
  await query
    .insertInto('systemAlerts')
    .values({ id: newId(new Date()), severity: 'high', component: 'effects', message })
    .execute();
  return new PermanentError({
    code: 'DESTRUCTION_HALTED',
    component: 'effects',
    operation: 'undo',
    workOrderId,
    message,
    advice: `If it is meant, go on in a minute: \`moose undo ${shortId(workOrderId)}\`.`,
    severity: 'high',
  });
}
