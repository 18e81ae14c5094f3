// Whether a pull request is still to be merged by GitHub itself, and what its merge queue tests: a commit on a branch of
// the queue's own, which GitHub deletes when the pull request leaves the queue.
import { z } from 'zod';
import type { MergeQueue } from '../../domain/forge/forge.ts';
import { readReply } from '../call-host.ts';
import type { GitHubApi } from './api.ts';
import type { Checks } from './checks.ts';

const query = `query($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) { isInMergeQueue autoMergeRequest { enabledAt } }
  }
}`;
const queuedSchema = z.looseObject({
  repository: z
    .looseObject({
      pullRequest: z
        .looseObject({
          isInMergeQueue: z.boolean().nullish(),
          autoMergeRequest: z.looseObject({}).nullish(),
        })
        .nullable(),
    })
    .nullable(),
});
const refsSchema = z.array(z.looseObject({ object: z.looseObject({ sha: z.string() }) }));
const runsSchema = z.looseObject({
  workflow_runs: z.array(z.looseObject({ head_branch: z.string().nullish(), head_sha: z.string() })),
});

interface Queued {
  number: number;
  baseBranch: string;
  groupSha: string | null;
}

export async function readQueue(
  api: GitHubApi,
  checks: Pick<Checks, 'read'>,
  of: Queued,
  signal: AbortSignal | undefined,
): Promise<MergeQueue> {
  const variables = { ...api.repository, number: of.number };
  const read = await api.graphql({ query, variables, read: queuedSchema, canWait: true, signal });
  const found = read.repository?.pullRequest;
  const sha = (await groupNow(api, of, signal)) ?? of.groupSha ?? (await lastGroup(api, of, signal));
  const report = sha === null ? null : await checks.read({ sha, baseBranch: of.baseBranch }, signal);
  return {
    isQueued: found?.isInMergeQueue === true || (found?.autoMergeRequest ?? null) !== null,
    group: report && { sha: report.sha, checks: report.checks },
  };
}

const branchOf = ({ number, baseBranch }: Queued) => `gh-readonly-queue/${baseBranch}/pr-${number}-`;

async function groupNow(api: GitHubApi, of: Queued, signal: AbortSignal | undefined): Promise<string | null> {
  const ref = branchOf(of).split('/').map(encodeURIComponent).join('/');
  const path = `/git/matching-refs/heads/${ref}`;
  const reply = await api.call({ method: 'GET', path, answers: [403, 404], canWait: true, signal });
  const found = reply.status === 200 ? readReply(reply, refsSchema) : [];
  return found.at(-1)?.object.sha ?? null;
}

/** The branch is gone, but the runs of Actions on it stay. */
async function lastGroup(
  api: GitHubApi,
  of: Queued,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const reply = await api.call({
    method: 'GET',
    path: '/actions/runs',
    query: { event: 'merge_group', per_page: 100 },
    answers: [403, 404],
    canWait: true,
    signal,
  });
  if (reply.status !== 200) return null;
  const start = branchOf(of);
  const { workflow_runs: runs } = readReply(reply, runsSchema);
  return runs.find(({ head_branch: branch }) => branch?.startsWith(start))?.head_sha ?? null;
}
