// A pull request as GitHub reports it, limited to the fields that Moose needs.
import { z } from 'zod';
import type { PullRequest } from '../../engine/ports/forge.ts';

const side = z.looseObject({
  ref: z.string(),
  sha: z.string(),
  // Null when the fork is gone.
  repo: z.looseObject({ full_name: z.string() }).nullish(),
});

export const pullSchema = z.looseObject({
  number: z.number().int().positive(),
  node_id: z.string().catch(''),
  html_url: z.string(),
  state: z.enum(['open', 'closed']),
  title: z.string(),
  body: z.string().nullish(),
  draft: z.boolean().nullish(),
  // Only of a single pull request, not in lists.
  merged: z.boolean().nullish(),
  merged_at: z.string().nullish(),
  merge_commit_sha: z.string().nullish(),
  mergeable: z.boolean().nullish(),
  mergeable_state: z.string().nullish(),
  auto_merge: z.unknown().optional(),
  updated_at: z.string().nullish(),
  head: side,
  base: side,
});
export type Pull = z.infer<typeof pullSchema>;

export function isMerged({ merged, merged_at }: Pull): boolean {
  return merged === true || (merged_at !== null && merged_at !== undefined);
}

export function toPullRequest(pull: Pull): PullRequest {
  return {
    number: pull.number,
    url: pull.html_url,
    state: isMerged(pull) ? 'merged' : pull.state,
    title: pull.title,
    body: pull.body ?? '',
    headBranch: pull.head.ref,
    headSha: pull.head.sha,
    baseBranch: pull.base.ref,
    baseSha: pull.base.sha,
    mergedSha: isMerged(pull) ? (pull.merge_commit_sha ?? null) : null,
    mergeable: pull.mergeable ?? null,
    mergeState: pull.mergeable_state === 'unknown' ? null : (pull.mergeable_state ?? null),
    isDraft: pull.draft ?? false,
  };
}
