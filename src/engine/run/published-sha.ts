import { z } from 'zod';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../../store/database.ts';
import type { PullRequestRow } from '../../store/work/pull-requests/pull-requests.ts';
import { newestStepResult } from '../../store/work/runs/runs.ts';

/** The commit of the pull request when Moose last published. */
export async function publishedSha(query: Query, id: WorkOrderId): Promise<string | null> {
  return (await newestStepResult(query, id, 'creating_pr'))?.headSha ?? null;
}

/** The forge may show a pushed commit, or a new check, only after some seconds. */
export const shownLateMsMax = 60_000;

/** What the looks at a pull request store about the newest commit of its branch, as far as it is read here. */
const looked = z.object({ head: z.object({ sha: z.string(), isOwn: z.boolean() }) });

/** Whether others have pushed to the branch. Who has only brought it to its base branch, as the last look found, has not. */
export function isOfOthers(
  { followed }: Pick<PullRequestRow, 'followed'>,
  { headSha, pushedSha }: { headSha: string; pushedSha: string },
): boolean {
  const head = looked.safeParse(followed).data?.head;
  return headSha !== pushedSha && !(head?.sha === headSha && head.isOwn);
}
