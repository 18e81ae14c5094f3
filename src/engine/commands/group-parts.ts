// What the work orders of a group are submitted as: one for each part, with an equal share of the limit. Pure.
import type { GroupKind } from '../../domain/group.ts';
import { newId, type ProjectId, type WorkOrderId } from '../../domain/ids.ts';
import type { Submission, SubmissionPart, SubmitInGiven } from './submit/submission.ts';

/** The first part has the given ID, which is also that of the group. */
export function partsOfGroup(
  kind: GroupKind,
  given: SubmitInGiven,
  parts: ReadonlyArray<{ submission: Submission; projectId: ProjectId }>,
): SubmissionPart[] {
  return parts.map(({ submission, projectId }, index) => ({
    submission: { ...submission, limitNanoUsd: shareOfLimit(submission.limitNanoUsd, parts.length) },
    given: {
      ...given,
      projectId,
      id: index === 0 ? given.id : newId<WorkOrderId>(given.now),
      group: { kind, group: given.id, number: index + 1, of: parts.length },
    },
  }));
}

/** Divided, so that all together stay within the limit whatever each one does. */
function shareOfLimit(limitNanoUsd: bigint | undefined, count: number): bigint | undefined {
  return limitNanoUsd === undefined ? undefined : limitNanoUsd / BigInt(count);
}
