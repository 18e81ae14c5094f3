// Ends a stuck run, stops its process and releases its money, so that its work order can be restarted from the same
// step. Used for hung agents, and when a person has to decide.

import type { ConfigurationError } from '../../domain/failure.ts';
import { shortId } from '../../domain/ids.ts';
import { isHuman } from '../../domain/people/person.ts';
import { findProcess } from '../../sessions/find-process.ts';
import { stopProcess } from '../../sessions/stop-process.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { stopRunOf } from '../../store/work/runs/run-ends.ts';
import { markEffect } from '../../store/work/sessions/effects.ts';
import { openSessionsOf, type SessionRow, updateSession } from '../../store/work/sessions/session-rows.ts';
import { changeWorkOrder, type WorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { recordOutcome } from '../learner/outcomes/record-outcome.ts';
import { closeEnvelope } from '../run/budget/envelope.ts';
import { watchFailures } from './failure-catalogue.ts';

export interface StopDeps {
  database: Database;
  clock: Clock;
  host: string;
}

const graceMs = 5_000;
const stoppedBecause = 'stopped because it made no progress';
/** A run that was stopped before its routing had a result. */
const unknownAgent = 'unknown';

/**
 * Afterwards the work order is at `needs_review`, and can be retried from any step. Idempotent; a work order without a
 * run stays as it is. False if there was nothing to end.
 * @throws ConfigurationError STUCK_ELSEWHERE if its process runs on another host and can only be stopped there
 */
export async function stopStandingRun(deps: StopDeps, order: WorkOrder, actor: string): Promise<boolean> {
  const sessions = await deps.database.run((query) => openSessionsOf(query, order.id));
  const elsewhere = sessions.find(({ host }) => host !== deps.host);
  if (elsewhere) throw stuckElsewhere(order, elsewhere.host);
  // From here on, the process that carried out the run can write nothing, and so starts nothing either.
  const isEnded = await endRun(deps, order, actor);
  for (const session of sessions) await stopOne(deps, session);
  return isEnded;
}

async function endRun({ database, clock }: StopDeps, order: WorkOrder, actor: string): Promise<boolean> {
  return database.transaction(async (query) => {
    const run = await stopRunOf(query, order.id, clock.now());
    if (!run) return false;
    await closeEnvelope(query, order.id, run.reservationId);
    await recordOutcome(
      query,
      { order, run, now: clock.now(), defaultAgent: unknownAgent },
      {
        success: false,
        failureClass: 'timeout',
        fault: isHuman(actor) ? 'person' : 'passing',
        errorContext: { because: stoppedBecause, step: order.step },
      },
    );
    return changeWorkOrder(
      query,
      order.id,
      { status: 'in_progress' },
      {
        status: 'needs_review',
        stepState: 'manual_intervention_required',
        changedBy: actor,
        changedBecause: stoppedBecause,
      },
    );
  });
}

async function stopOne({ database, clock }: StopDeps, session: SessionRow): Promise<void> {
  const handle = await findProcess(session.directory);
  if (handle) await stopProcess(handle, { graceMs });
  await database.transaction(async (query) => {
    const endedAt = clock.now();
    await updateSession(query, session.id, { state: 'stopped', endReason: 'cancelled', endedAt });
    await markEffect(query, `session:${session.id}`, 'undone');
  });
}

function stuckElsewhere(order: WorkOrder, host: string): ConfigurationError {
  return watchFailures.STUCK_ELSEWHERE(
    { operation: 'stop', workOrderId: order.id },
    { id: shortId(order.id), host },
  );
}
