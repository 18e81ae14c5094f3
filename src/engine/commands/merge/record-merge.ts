// What follows from a merge, whoever merged (R-SEN-8).
import type { WorkOrderId } from '../../../domain/ids.ts';
import type { Query } from '../../../store/database.ts';
import { lookAtStacked } from '../../../store/work/plans/stacks.ts';
import { lookAtNeighbours } from '../../../store/work/pull-requests/hinted-pull-requests.ts';
import { effectsOf, markEffect } from '../../../store/work/sessions/effects.ts';
import { recordProgress } from '../../../store/work/work-orders/work-orders.ts';
import { startDependents } from '../../specs/start-planned.ts';

/** The undo plan says that a merge is not undone. */
export async function recordMerge(
  query: Query,
  workOrderId: WorkOrderId,
  { mergedSha, actor, now }: { mergedSha: string | null; actor: string; now: Date },
): Promise<void> {
  await recordProgress(query, { workOrderId, actor, fact: `merged:${mergedSha}` });
  await lookAtStacked(query, workOrderId);
  await lookAtNeighbours(query, workOrderId);
  await startDependents(query, workOrderId, now);
  const opened = (await effectsOf(query, workOrderId)).find(({ kind }) => kind === 'pull_request');
  if (opened) await markEffect(query, opened.key, opened.state, { ...opened.detail, isMerged: true });
}
