// Cancels a merge that GitHub would make by itself: disables auto-merge, or leaves the merge queue.
import { z } from 'zod';
import type { GitHubApi } from './api.ts';

const waitingQuery = `query($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) { id isInMergeQueue autoMergeRequest { enabledAt } }
  }
}`;
const disable =
  'mutation($id: ID!) { disablePullRequestAutoMerge(input: {pullRequestId: $id}) { clientMutationId } }';
const dequeue = 'mutation($id: ID!) { dequeuePullRequest(input: {id: $id}) { clientMutationId } }';

const waitingSchema = z.looseObject({
  repository: z
    .looseObject({
      pullRequest: z
        .looseObject({
          id: z.string(),
          isInMergeQueue: z.boolean().nullish(),
          autoMergeRequest: z.looseObject({}).nullish(),
        })
        .nullable(),
    })
    .nullable(),
});

export async function cancelAutoMerge(api: GitHubApi, number: number, signal?: AbortSignal): Promise<void> {
  const variables = { ...api.repository, number };
  const read = await api.graphql({ query: waitingQuery, variables, read: waitingSchema, signal });
  const found = read.repository?.pullRequest;
  if (!found) return;
  const asked = { variables: { id: found.id }, read: z.unknown(), isWrite: true, signal };
  if (found.autoMergeRequest) await api.graphql({ query: disable, ...asked });
  if (found.isInMergeQueue) await api.graphql({ query: dequeue, ...asked });
}
