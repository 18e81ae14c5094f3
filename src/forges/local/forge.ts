// The forge for repositories without one: branches live in a git remote, pull requests are records beside it.
import { PermanentError } from '../../domain/failure.ts';
import type { Forge, PullRequest, PullRequestDraft } from '../../engine/ports/forge.ts';
import { mergeInRemote } from '../../git/merge.ts';
import type { Database } from '../../store/database.ts';
import {
  endPullRequest,
  findPullRequest,
  type PullRequestRow,
  upsertPullRequest,
} from '../../store/work/pull-requests.ts';

export interface LocalForgeOptions {
  database: Database;
  /** Where the project's repository is, and the remote that its branches are pushed to. */
  locate(projectId: string): Promise<{ repositoryPath: string; remoteUrl: string; isMooses?: boolean }>;
}

export function createLocalForge({ database, locate }: LocalForgeOptions): Forge {
  const one = async (projectId: string, number: number, operation: string): Promise<PullRequestRow> => {
    const row = await database.run((query) => findPullRequest(query, projectId, { number }));
    if (row) return row;
    throw new PermanentError({
      code: 'PULL_REQUEST_NOT_FOUND',
      component: 'forge',
      operation,
      message: `There is no pull request ${number}.`,
      advice: 'Run `moose ls` to see which work orders have one.',
    });
  };

  return {
    name: 'local',
    openPullRequest: async (draft: PullRequestDraft) =>
      toPullRequest(
        await database.transaction((query) =>
          upsertPullRequest(query, {
            projectId: draft.projectId as PullRequestRow['projectId'],
            workOrderId: draft.workOrderId as PullRequestRow['workOrderId'],
            title: draft.title,
            body: draft.body,
            headBranch: draft.headBranch,
            headSha: draft.headSha,
            baseBranch: draft.baseBranch,
            baseSha: draft.baseSha,
          }),
        ),
      ),
    findPullRequest: async (projectId, headBranch) => {
      const row = await database.run((query) => findPullRequest(query, projectId, { headBranch }));
      return row ? toPullRequest(row) : null;
    },
    mergePullRequest: async (projectId, number) => {
      const row = await one(projectId, number, 'merge');
      if (row.state === 'merged') return toPullRequest(row);
      if (row.state === 'closed') throw notOpen(row, 'merge');
      const { mergedSha } = await mergeInRemote({
        ...(await locate(projectId)),
        baseBranch: row.baseBranch,
        headSha: row.headSha,
        message: `Merge #${row.number}: ${row.title}`,
      });
      const merged = await database.run((query) =>
        endPullRequest(query, projectId, number, { state: 'merged', mergedSha }),
      );
      return toPullRequest(merged ?? (await one(projectId, number, 'merge')));
    },
    closePullRequest: async (projectId, number) => {
      const row = await one(projectId, number, 'close');
      if (row.state === 'closed') return toPullRequest(row);
      if (row.state === 'merged') throw notOpen(row, 'close');
      const closed = await database.run((query) =>
        endPullRequest(query, projectId, number, { state: 'closed', mergedSha: null }),
      );
      return toPullRequest(closed ?? (await one(projectId, number, 'close')));
    },
  };
}

function notOpen(row: PullRequestRow, operation: string): PermanentError {
  return new PermanentError({
    code: 'PULL_REQUEST_NOT_OPEN',
    component: 'forge',
    operation,
    message: `Pull request ${row.number} is ${row.state}: it cannot be ${operation === 'merge' ? 'merged' : 'closed'}.`,
    advice:
      row.state === 'merged'
        ? 'Revert the merge with a new commit: `git revert -m 1`.'
        : 'Open it again with `moose retry ID --from creating_pr`.',
  });
}

function toPullRequest(row: PullRequestRow): PullRequest {
  return {
    number: row.number,
    url: `local:${row.headBranch}#${row.number}`,
    state: row.state,
    title: row.title,
    body: row.body,
    headBranch: row.headBranch,
    headSha: row.headSha,
    baseBranch: row.baseBranch,
    mergedSha: row.mergedSha,
  };
}
