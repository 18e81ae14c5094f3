// A breaker for Moose's own destructive acts: many at once stop and ask (R-PIPE-14). It counts work orders, not acts,
// so that one undo always completes.
import { PermanentError } from '../../domain/failure.ts';
import { shortId, type WorkOrderId } from '../../domain/ids.ts';
import type { Database, Query } from '../../store/database.ts';
import { readAskedAlert, resolveAlert } from '../../store/failures/alerts.ts';
import type { EffectKind } from '../../store/schema/tables.ts';
import { countJustUndone } from '../../store/work/effects.ts';
import type { UpkeepJob } from '../jobs/upkeep.ts';
import { raiseAndTell } from '../notify/raise-and-tell.ts';
import { withdraw } from '../questions/resolve-question.ts';

/** One cause: one alert and one question, however many are stopped (R-ESC-5). */
export const haltKey = 'destruction-halted';
const endedEveryMs = 10_000;

const destructiveKinds: readonly EffectKind[] = ['pull_request', 'push', 'branch'];

export function isDestructive(kind: EffectKind): boolean {
  return destructiveKinds.includes(kind);
}

/** The objection to another one now; undefined if there is none. Raises an alert if there is one. */
export async function destructionHalted(
  query: Query,
  workOrderId: WorkOrderId,
  perMinuteMax: number,
): Promise<PermanentError | undefined> {
  const others = await countJustUndone(query, destructiveKinds, workOrderId);
  if (others < perMinuteMax) return undefined;
  const message = `${others} work orders were undone within a minute: Moose stops here and asks whether this is intended.`;
  await raiseAndTell(query, {
    key: haltKey,
    code: 'DESTRUCTION_HALTED',
    severity: 'high',
    component: 'effects',
    operation: 'undo',
    message,
    metadata: { others, perMinuteMax },
  });
  return new PermanentError({
    code: 'DESTRUCTION_HALTED',
    component: 'effects',
    operation: 'undo',
    workOrderId,
    message,
    advice: `If it is intended, continue in a minute: \`moose undo ${shortId(workOrderId)}\`.`,
    severity: 'high',
  });
}

/**
 * Withdraws the question when nobody waits for its answer any more, and the alert when nothing has been stopped since.
 */
export function endedHaltJob(database: Database): UpkeepJob {
  return {
    name: 'ended-halt',
    everyMs: endedEveryMs,
    run: async (signal) => {
      await database.transaction(async (query) => {
        const { isWaiting, isRecent } = await readAskedAlert(query, haltKey);
        if (isWaiting) return;
        await withdraw(query, { groupKey: haltKey }, 'nothing is waiting to be undone');
        if (!isRecent) await resolveAlert(query, haltKey, 'moose');
      }, signal);
    },
  };
}
