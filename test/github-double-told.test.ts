import { expect, test } from 'vitest';
import { githubScene, repo } from './github-double-scene.ts';

// Every webhook that the double sends is checked against GitHub's description: here is an act for each.

const enqueue = 'mutation($id: ID!) { enqueuePullRequest(input: {pullRequestId: $id}) { clientMutationId } }';

async function listening() {
  const scene = await githubScene();
  const told = () => {
    const deliveries = scene.repository.state.hooks[0]?.deliveries ?? [];
    const names = deliveries.map(({ event, action }) => (action === null ? event : `${event}.${action}`));
    return [...new Set(names)].sort();
  };
  return { ...scene, told, as: (line: string, body?: unknown) => scene.github.as('ann', line, body) };
}

test('what is told of a pull request is as described', async () => {
  const { github, repository, id, graphql, told, as } = await listening();
  await as(`PATCH ${repo}/pulls/1`, { title: 'Add b and c' });
  for (const state of ['closed', 'open']) await as(`PATCH ${repo}/pulls/1`, { state });
  for (const change of ['convertPullRequestToDraft', 'markPullRequestReadyForReview']) {
    await graphql(`mutation($id: ID!) { ${change}(input: {pullRequestId: $id}) { clientMutationId } }`, {
      id,
    });
  }
  repository.commit('moose/work', { 'c.txt': 'three\n' });
  repository.state.settings.hasMergeQueue = true;
  await graphql(enqueue, { id });
  repository.endQueueOf(1, 'red');
  const actions = ['closed', 'converted_to_draft', 'dequeued', 'edited', 'enqueued', 'opened'];
  const more = ['ready_for_review', 'reopened', 'synchronize'];
  expect(told()).toEqual([
    ...['merge_group.checks_requested', 'merge_group.destroyed'],
    ...[...actions, ...more].map((action) => `pull_request.${action}`),
    'push',
  ]);
  expect(github.faults).toEqual([]);
});

test('what is told of threads, issues and comments is as described', async () => {
  const { github, headSha, graphql, told, as } = await listening();
  const comment = { path: 'b.txt', line: 1, body: 'Why?', commit_id: headSha };
  const line = (await as(`POST ${repo}/pulls/1/comments`, comment)).body as { id: number };
  await as(`PATCH ${repo}/pulls/comments/${line.id}`, { body: 'Why so?' });
  for (const act of ['resolveReviewThread', 'unresolveReviewThread']) {
    const mutation = `mutation($id: ID!) { ${act}(input: {threadId: $id}) { clientMutationId } }`;
    await graphql(mutation, { id: `PRRT_${line.id}` });
  }
  await as(`POST ${repo}/issues`, { title: 'Broken', labels: ['moose'] });
  for (const state of ['closed', 'open']) await as(`PATCH ${repo}/issues/2`, { state });
  const said = (await as(`POST ${repo}/issues/2/comments`, { body: 'x' })).body as { id: number };
  await as(`PATCH ${repo}/issues/comments/${said.id}`, { body: 'y' });
  expect(told()).toEqual([
    ...['issue_comment.created', 'issue_comment.edited'],
    ...['issues.closed', 'issues.labeled', 'issues.opened', 'issues.reopened', 'pull_request.opened'],
    ...['pull_request_review_comment.created', 'pull_request_review_comment.edited'],
    ...['pull_request_review_thread.resolved', 'pull_request_review_thread.unresolved'],
  ]);
  expect(github.faults).toEqual([]);
});
