import type { WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../../store/database.ts';
import { newestStepResult } from '../../store/work/runs/runs.ts';

/** The commit of the pull request when Moose last published. */
export async function publishedSha(query: Query, id: WorkOrderId): Promise<string | null> {
  return (await newestStepResult(query, id, 'creating_pr'))?.headSha ?? null;
}

/** The forge may show a pushed commit, or a new check, only after some seconds. */
export const shownLateMsMax = 60_000;
