import type { WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../../store/database.ts';
import { newestStepResult } from '../../store/work/runs.ts';
import type { CreatingPrResult } from '../run/step-results.ts';

/** The commit of the pull request when Moose last published. */
export async function publishedSha(query: Query, id: WorkOrderId): Promise<string | null> {
  return (await newestStepResult<CreatingPrResult>(query, id, 'creating_pr'))?.headSha ?? null;
}
