// Review threads, which only GraphQL has: their identifiers, whether they are resolved, and resolving them.
import { z } from 'zod';
import type { Remark } from '../../engine/ports/forge.ts';
import { type GitHubApi, GraphqlRefusal } from './api.ts';

interface Thread {
  id: string;
  isResolved: boolean;
}

const pagesMax = 30;

const threadsQuery = `query($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      reviewThreads(first: 100, after: $after) {
        nodes { id isResolved comments(first: 100) { nodes { databaseId } } }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}`;
const resolveMutation =
  'mutation($id: ID!) { resolveReviewThread(input: {threadId: $id}) { thread { id isResolved } } }';

const threadsSchema = z.looseObject({
  repository: z
    .looseObject({
      pullRequest: z
        .looseObject({
          reviewThreads: z.looseObject({
            nodes: z.array(
              z.looseObject({
                id: z.string(),
                isResolved: z.boolean(),
                comments: z.looseObject({
                  nodes: z.array(z.looseObject({ databaseId: z.number().nullish() }).nullable()),
                }),
              }),
            ),
            pageInfo: z.looseObject({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
          }),
        })
        .nullable(),
    })
    .nullable(),
});

/** Keyed by the number of each comment. */
export async function threadsOf(
  api: GitHubApi,
  number: number,
  signal?: AbortSignal,
): Promise<Map<number, Thread>> {
  const threads = new Map<number, Thread>();
  let after: string | null = null;
  for (let page = 0; page < pagesMax; page += 1) {
    const variables: Record<string, unknown> = { ...api.repository, number, after };
    const read = await api.graphql({
      query: threadsQuery,
      variables,
      read: threadsSchema,
      canWait: true,
      signal,
    });
    const found = read.repository?.pullRequest?.reviewThreads;
    for (const { id, isResolved, comments } of found?.nodes ?? [])
      for (const comment of comments.nodes)
        if (typeof comment?.databaseId === 'number') threads.set(comment.databaseId, { id, isResolved });
    after = found?.pageInfo.hasNextPage ? (found.pageInfo.endCursor ?? null) : null;
    if (after === null) break;
  }
  return threads;
}

/** Resolving succeeds if the thread is already resolved, or was deleted. */
export async function resolveThread(
  api: GitHubApi,
  { threadId, isResolved }: Remark,
  signal?: AbortSignal,
): Promise<void> {
  if (threadId === null || isResolved) return;
  const variables = { id: threadId };
  const asked = { query: resolveMutation, variables, read: z.unknown(), isWrite: true, signal };
  await api.graphql(asked).catch((cause: unknown) => {
    if (!(cause instanceof GraphqlRefusal) || cause.metadata.type !== 'NOT_FOUND') throw cause;
  });
}
