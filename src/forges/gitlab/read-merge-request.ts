// A merge request as GitLab reports it, limited to the fields that Moose needs.
import { z } from 'zod';
import type { PullRequest } from '../../engine/ports/forge.ts';

export const mergeRequestSchema = z.looseObject({
  // Its number in the project, unlike `id`.
  iid: z.number().int().positive(),
  web_url: z.string(),
  state: z.enum(['opened', 'closed', 'locked', 'merged']),
  title: z.string(),
  description: z.string().nullish(),
  source_branch: z.string(),
  target_branch: z.string(),
  source_project_id: z.number().nullish(),
  target_project_id: z.number().nullish(),
  // Null until GitLab has read the branch.
  sha: z.string().nullish(),
  merge_commit_sha: z.string().nullish(),
  squash_commit_sha: z.string().nullish(),
  draft: z.boolean().nullish(),
  has_conflicts: z.boolean().nullish(),
  detailed_merge_status: z.string().nullish(),
  merge_when_pipeline_succeeds: z.boolean().nullish(),
  diff_refs: z.looseObject({ base_sha: z.string().nullish() }).nullish(),
  head_pipeline: z.looseObject({ id: z.number(), sha: z.string(), status: z.string() }).nullish(),
});
export type MergeRequest = z.infer<typeof mergeRequestSchema>;

const draftPattern = /^(?:draft:|\[draft\]|\(draft\))\s*/i;

export function withoutDraft(title: string): string {
  return title.replace(draftPattern, '');
}

export function titleFor(title: string, isDraft: boolean): string {
  return isDraft ? `Draft: ${withoutDraft(title)}` : withoutDraft(title);
}

export function toPullRequest(found: MergeRequest): PullRequest {
  const isMerged = found.state === 'merged';
  return {
    number: found.iid,
    url: found.web_url,
    // `locked` is the moment of the merge.
    state: isMerged ? 'merged' : found.state === 'closed' ? 'closed' : 'open',
    title: withoutDraft(found.title),
    body: found.description ?? '',
    headBranch: found.source_branch,
    headSha: found.sha ?? '',
    baseBranch: found.target_branch,
    baseSha: found.diff_refs?.base_sha ?? null,
    // A fast-forward makes no commit of its own: the head itself is in the base branch.
    mergedSha: isMerged ? (found.merge_commit_sha ?? found.squash_commit_sha ?? found.sha ?? null) : null,
    mergeable: mergeableOf(found),
    mergeState: computing.has(found.detailed_merge_status ?? '')
      ? null
      : (found.detailed_merge_status ?? null),
    isDraft: found.draft ?? draftPattern.test(found.title),
  };
}

/** Still being computed: https://docs.gitlab.com/api/merge_requests/#merge-status */
const computing = new Set([
  'unchecked',
  'checking',
  'preparing',
  'approvals_syncing',
  'cannot_be_merged_recheck',
]);
const conflicting = new Set(['conflict', 'broken_status', 'cannot_be_merged']);

/** Whether it merges without a conflict: other blockers, such as CI or approvals, do not count. */
function mergeableOf({
  detailed_merge_status: status,
  has_conflicts: conflicts,
}: MergeRequest): boolean | null {
  if (status === null || status === undefined) return conflicts === true ? false : null;
  if (computing.has(status)) return null;
  return !(conflicting.has(status) || conflicts === true);
}
