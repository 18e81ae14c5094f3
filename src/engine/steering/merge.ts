// A human takes the change: its pull request is merged into the base branch of the remote.
import { PermanentError } from '../../domain/failure.ts';
import { shortId } from '../../domain/ids.ts';
import { recordEvent, type WorkOrder } from '../../store/work-orders.ts';
import type { Forge, PullRequest } from '../ports/forge.ts';
import type { SteeringDeps } from './start-run.ts';

/** Merging what is merged is success. @throws NO_PULL_REQUEST, PULL_REQUEST_NOT_OPEN, MERGE_CONFLICT */
export async function merge(
  deps: SteeringDeps & { forge: Forge },
  order: WorkOrder,
  actor: string,
): Promise<PullRequest> {
  const found = order.branch ? await deps.forge.findPullRequest(order.projectId, order.branch) : null;
  if (!found) {
    throw new PermanentError({
      code: 'NO_PULL_REQUEST',
      component: 'forge',
      operation: 'merge',
      message: `Work order ${shortId(order.id)} has no pull request.`,
      advice: `See why: \`moose explain ${shortId(order.id)}\`.`,
    });
  }
  const merged = await deps.forge.mergePullRequest(order.projectId, found.number);
  const fact = `merged:${merged.mergedSha}`;
  await deps.database.run((query) =>
    recordEvent(query, { workOrderId: order.id, kind: 'progress', actor, detail: { fact }, factKey: fact }),
  );
  return merged;
}
