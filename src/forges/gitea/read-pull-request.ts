// A pull request as Gitea reports it, limited to the fields that Moose needs.
import { z } from 'zod';
import type { PullRequest } from '../../engine/ports/forge.ts';

const side = z.looseObject({
  /** The branch, even after its deletion; empty if the pull request has none. */
  label: z.string(),
  ref: z.string(),
  sha: z.string(),
  repo_id: z.number().nullish(),
});

export const pullSchema = z.looseObject({
  number: z.number().int().positive(),
  html_url: z.string(),
  state: z.string(),
  title: z.string(),
  body: z.string().nullish(),
  draft: z.boolean().nullish(),
  merged: z.boolean().nullish(),
  merge_commit_sha: z.string().nullish(),
  mergeable: z.boolean().nullish(),
  head: side,
  base: side,
});
export type Pull = z.infer<typeof pullSchema>;

/** The default of the administrator's setting, in Gitea and Forgejo. */
const draftPrefix = 'WIP: ';
const draftPrefixes = /^\s*(?:WIP:|\[WIP\])\s*/i;

/** The title shows whether the pull request is a draft. */
export function titleFor(title: string, isDraft: boolean): string {
  const bare = title.replace(draftPrefixes, '');
  return isDraft ? `${draftPrefix}${bare}` : bare;
}

export function branchOf({ label, ref }: z.infer<typeof side>): string {
  return label || ref;
}

/** Gitea says `mergeable: false` for a conflict, for a draft, and while it computes. Here, only a conflict counts as false. */
export function toPullRequest(pull: Pull, { isSettled = false } = {}): PullRequest {
  const isDraft = pull.draft ?? false;
  const state = pull.merged ? 'merged' : pull.state === 'open' ? 'open' : 'closed';
  const isConflict = isSettled && !isDraft && pull.mergeable === false;
  return {
    number: pull.number,
    url: pull.html_url,
    state,
    title: isDraft ? titleFor(pull.title, false) : pull.title,
    body: pull.body ?? '',
    headBranch: branchOf(pull.head),
    headSha: pull.head.sha,
    baseBranch: branchOf(pull.base),
    baseSha: pull.base.sha || null,
    mergedSha: pull.merged ? (pull.merge_commit_sha ?? null) : null,
    mergeable: state !== 'open' ? null : pull.mergeable ? true : isConflict ? false : null,
    isDraft,
  };
}
