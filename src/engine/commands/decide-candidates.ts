// Decides once which of several candidates is kept, in one transaction: that one continues, and the others
// are cancelled.
import { type CandidateDecision, decideCandidates } from '../../domain/candidate.ts';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../../store/database.ts';
import { databaseNow } from '../../store/database-now.ts';
import { type CandidateGroup, candidatesOf, decideGroup, lockGroup } from '../../store/work/candidates.ts';
import { lockMembers } from '../../store/work/groups.ts';
import { lockOpenRun } from '../../store/work/runs.ts';
import { recordEvent, requireWorkOrder } from '../../store/work/work-orders.ts';
import { withdraw } from '../questions/resolve-question.ts';
import { leaveOutages } from '../recovery/outage.ts';
import { cancelIn, wake } from './cancel.ts';
import type { SteeringDeps } from './start-run.ts';

const actor = 'moose:candidates';
export const notKept = 'another candidate was kept';

/** Does nothing if the group is decided, or if its candidates at work can still change the result. */
export async function decideIfDue(
  deps: SteeringDeps,
  groupId: WorkOrderId,
  signal?: AbortSignal,
): Promise<void> {
  await deps.database.transaction(async (query) => {
    const group = await lockGroup(query, groupId);
    if (group.decidedAt !== null) return;
    await lockMembers(query, 'candidates', groupId);
    await decideIn(query, deps, group);
  }, signal);
}

/**
 * Call this in a transaction that has locked the group before anything else, and its members after it. Null: it is not
 * decided yet.
 */
export async function decideIn(
  query: Query,
  deps: Pick<SteeringDeps, 'clock'>,
  group: Pick<CandidateGroup, 'id' | 'size'>,
): Promise<CandidateDecision | null> {
  const candidates = await candidatesOf(query, group.id);
  // Their machines' clocks may differ.
  const decidedAt = await databaseNow(query);
  const decision = decideCandidates(candidates, decidedAt);
  if (decision === null) return null;
  const { outcome, kept, because } = decision;
  await decideGroup(query, group.id, { outcome, kept: kept?.id ?? null, because, decidedAt });
  for (const { id, number, state } of candidates) {
    const isKept = id === kept?.id;
    const reason = isKept
      ? `kept, ${number} of ${group.size}: ${because}`
      : `not kept, ${number} of ${group.size}`;
    await recordEvent(query, { workOrderId: id, kind: 'candidates.decided', actor, reason });
    if (isKept) {
      const run = await lockOpenRun(query, id);
      if (run) await wake(query, run);
    } else if (state !== 'over') await drop(query, deps, id);
  }
  return decision;
}

/** Nobody has to answer a question about it any more. */
async function drop(query: Query, deps: Pick<SteeringDeps, 'clock'>, id: WorkOrderId): Promise<void> {
  await cancelIn(query, deps, await requireWorkOrder(query, id), actor, notKept);
  await withdraw(query, { workOrderId: id }, notKept);
  await leaveOutages(query, id);
}
