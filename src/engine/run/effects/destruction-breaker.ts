// A breaker for Moose's own destructive acts: if there are too many at a time, it stops them and asks (R-PIPE-14). It
// counts work orders, not acts, so that one undo always completes.

import type { PermanentError } from '../../../domain/failure.ts';
import { shortId, type WorkOrderId } from '../../../domain/ids.ts';
import type { Database, Query } from '../../../store/database.ts';
import { hasOpenAlert, readAskedAlert, resolveAlert } from '../../../store/failures/alerts.ts';
import { hasAsked } from '../../../store/failures/asked-causes.ts';
import type { EffectKind } from '../../../store/schema/row-kinds.ts';
import { anyOf } from '../../../store/work/runs/due-jobs.ts';
import { countJustUndone } from '../../../store/work/sessions/effects.ts';
import type { PeriodicJob } from '../../background/jobs/periodic-jobs.ts';
import { raiseAndNotify } from '../../background/notify/raise-and-notify.ts';
import { withdraw } from '../../questions/resolve-question.ts';
import { effectFailures } from './failure-catalogue.ts';

/** One cause means one alert and one question, however many work orders are stopped (R-ESC-5). */
export const haltKey = 'destruction-halted';
const endedEveryMs = 10_000;

const destructiveKinds: readonly EffectKind[] = ['pull_request', 'push', 'branch'];

export function isDestructive(kind: EffectKind): boolean {
  return destructiveKinds.includes(kind);
}

/** Why another undo is not allowed now; undefined if it is allowed. If it is not allowed, raises an alert. */
export async function destructionHalted(
  query: Query,
  workOrderId: WorkOrderId,
  perMinuteMax: number,
): Promise<PermanentError | undefined> {
  const others = await countJustUndone(query, destructiveKinds, workOrderId);
  if (others < perMinuteMax) return undefined;
  const message = `${others} work orders were undone within a minute: Moose stops here and asks whether this is intended.`;
  await raiseAndNotify(query, {
    key: haltKey,
    code: 'DESTRUCTION_HALTED',
    severity: 'high',
    component: 'effects',
    operation: 'undo',
    message,
    metadata: { others, perMinuteMax },
  });
  return effectFailures.DESTRUCTION_HALTED(
    { operation: 'undo', workOrderId },
    { others, workOrderId: shortId(workOrderId) },
  );
}

/** Withdraws the question when no work order waits for its answer, and the alert when nothing new has been stopped. */
export function endedHaltJob(database: Database): PeriodicJob {
  return {
    name: 'ended-halt',
    everyMs: endedEveryMs,
    due: anyOf(hasAsked(haltKey), hasOpenAlert(haltKey)),
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
