// Ends the experiment of a project that is removed, with what it has shown so far (R-LRN-5).
import type { ProjectId } from '../../domain/ids.ts';
import type { Query } from '../../store/database.ts';
import { assignedOrders, endExperiment, runningExperiment } from '../../store/work/learning/experiments.ts';
import { resultOf } from './experiment-result.ts';

/** Does nothing if the project has no running experiment. */
export async function stopExperimentOf(query: Query, projectId: ProjectId, by: string): Promise<void> {
  const running = await runningExperiment(query, projectId);
  if (!running) return;
  const { result } = resultOf(running, await assignedOrders(query, running.id));
  await endExperiment(query, running.id, { state: 'stopped', by, result });
}
