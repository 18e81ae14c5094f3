import { type Answer, actorOf, bodyOf, type Call, ok, type Routes, repositoryOf } from '../call.ts';
import { mergePull } from '../merge.ts';
import { Refusal } from '../refusal.ts';
import type { MergeMethod } from '../state.ts';
import { pullOf } from './pulls.ts';

// https://docs.github.com/rest/pulls/pulls#merge-a-pull-request

export const mergeRoutes: Routes = {
  'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge': merge,
};

interface AgentChoice {
  sha?: string;
  merge_method?: MergeMethod;
  commit_title?: string;
  commit_message?: string;
}

function merge(call: Call): Answer {
  const [repository, pull, wish] = [repositoryOf(call), pullOf(call), bodyOf<AgentChoice>(call)];
  if (repository.settings.hasMergeQueue && pull.baseBranch === repository.settings.defaultBranch) {
    throw new Refusal(
      405,
      'Repository rule violations found\n\nChanges must be made through the merge queue\n\n',
    );
  }
  const sha = mergePull(call.world, repository, pull, {
    by: actorOf(call),
    method: wish.merge_method ?? 'merge',
    expectedSha: wish.sha,
    title: wish.commit_title,
    message: wish.commit_message,
  });
  return ok({ sha, merged: true, message: 'Pull Request successfully merged' });
}
