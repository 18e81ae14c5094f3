// Ends what a process left undone that died between the cancellation of a part of a joint change and the decision. After
// the decision, a part that waits for a person does not look at the others itself.
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Database, Query } from '../../store/database.ts';
import {
  cancelledGroups,
  cutOffMembers,
  hasJointChangeToEnd,
} from '../../store/work/groups/joint-changes.ts';
import { lockOpenRun } from '../../store/work/runs/runs.ts';
import { lockWorkOrder } from '../../store/work/work-orders/work-orders.ts';
import type { PeriodicJob } from '../background/jobs/periodic-jobs.ts';
import { cancelMember, decideGroupIfDue } from './decide-group.ts';
import type { SteeringDeps } from './start-run.ts';

const everyMs = 15_000;

export function jointChangesJob(deps: { database: Database; clock: Clock }): PeriodicJob {
  return {
    name: 'joint-changes',
    everyMs,
    due: hasJointChangeToEnd,
    run: async (signal) => {
      for (const group of await deps.database.run(cancelledGroups, signal))
        await decideGroupIfDue(deps, group, signal);
      for (const id of await deps.database.run(cutOffMembers, signal))
        await deps.database.transaction((query) => cancelCutOff(query, deps, id), signal);
    },
  };
}

async function cancelCutOff(query: Query, deps: Pick<SteeringDeps, 'clock'>, id: WorkOrderId): Promise<void> {
  const run = await lockOpenRun(query, id);
  const { status } = await lockWorkOrder(query, id);
  // Somebody has just restarted or ended it.
  if (run === undefined && (status === 'needs_review' || status === 'failed'))
    await cancelMember(query, deps, 'joint', id);
}
