// The forge for repositories without one: branches live in a git remote, pull requests are records beside it. Nobody
// checks or discusses them there.

import { localHost } from '../../domain/forge/forge.ts';
import type { Forge, PullRequest, PullRequestDraft } from '../../engine/ports/forge.ts';
import { mergeInRemote } from '../../git/merge/merge.ts';
import type { Database } from '../../store/database.ts';
import {
  changePullRequest,
  endPullRequest,
  findPullRequest,
  type OnForge,
  openLocalPullRequest,
  type PullRequestRow,
} from '../../store/work/pull-requests/pull-requests.ts';
import { headMoved, notFound, notOpen } from '../pull-request-failures.ts';

export interface LocalForgeOptions {
  database: Database;
  projectId: string;
  /** Where the project's repository is, and the remote that its branches are pushed to. */
  locate(): Promise<{ repositoryPath: string; remoteUrl: string; isMooses?: boolean }>;
}

/** A record has no limit of its own; this one keeps it readable. */
const bodyCharsMax = 1_000_000;
const titleCharsMax = 1_000;

export function createLocalForge({ database, projectId, locate }: LocalForgeOptions): Forge {
  const at = { projectId: projectId as PullRequestRow['projectId'], host: localHost, repository: '' };
  const one = async (number: number, operation: string): Promise<PullRequestRow> => {
    const row = await database.run((query) => findPullRequest(query, at, { number }));
    if (row) return row;
    throw notFound(number, operation);
  };
  const end = async (row: PullRequestRow, ended: Parameters<typeof endPullRequest>[3], operation: string) =>
    toPullRequest(
      (await database.run((query) => endPullRequest(query, at, row.number, ended))) ??
        (await one(row.number, operation)),
    );

  return {
    ...nothingElse,
    kind: 'local',
    host: localHost,
    repository: '',
    hasChecks: false,
    limits: { bodyChars: bodyCharsMax, titleChars: titleCharsMax },
    openPullRequest: async (draft) => {
      const row = await database.transaction((query) => openLocalPullRequest(query, rowOf(at, draft)));
      const isNew = row.createdAt.getTime() === row.updatedAt.getTime();
      return { ...toPullRequest(row), how: isNew ? 'opened' : 'adopted' };
    },
    findPullRequest: async (by) => {
      const row = await database.run((query) => findPullRequest(query, at, by));
      return row ? toPullRequest(row) : null;
    },
    updatePullRequest: async (number, { title, body, baseBranch }) => {
      const change = {
        ...(title === undefined ? {} : { title }),
        ...(body === undefined ? {} : { body }),
        ...(baseBranch === undefined ? {} : { baseBranch }),
      };
      const row = await database.run((query) => changePullRequest(query, at, number, change));
      return toPullRequest(row ?? (await one(number, 'update')));
    },
    // A local merge happens immediately or not at all, so there is nothing to cancel.
    cancelAutoMerge: async () => undefined,
    mergePullRequest: async (number, { expectedHeadSha }) => {
      const row = await one(number, 'merge');
      if (row.state === 'merged') return toPullRequest(row);
      if (row.state === 'closed') throw notOpen(row, 'merge');
      if (row.headSha !== expectedHeadSha) throw headMoved(row, expectedHeadSha);
      const { mergedSha } = await mergeInRemote({
        ...(await locate()),
        baseBranch: row.baseBranch,
        headSha: row.headSha,
        message: `Merge #${row.number}: ${row.title}`,
      });
      return end(row, { state: 'merged', mergedSha }, 'merge');
    },
    closePullRequest: async (number) => {
      const row = await one(number, 'close');
      if (row.state === 'closed') return toPullRequest(row);
      if (row.state === 'merged') throw notOpen(row, 'close');
      return end(row, { state: 'closed', mergedSha: null }, 'close');
    },
  };
}

/** What the local forge does not have: nobody runs checks, and nobody writes to it. */
const nothingElse: Pick<
  Forge,
  | 'inspect'
  | 'gitCredentials'
  | 'commitIdentity'
  | 'findPerson'
  | 'readChecks'
  | 'readLog'
  | 'rerun'
  | 'readRemarks'
  | 'say'
  | 'resolveThread'
  | 'mayWrite'
  | 'listIssues'
  | 'findIssue'
  | 'isIssueEdited'
> = {
  inspect: async () => ({
    login: 'moose',
    defaultBranch: null,
    rights: [],
    mergeMethods: ['merge'],
    problems: [],
    expiresAt: null,
    hasAutoMerge: false,
    hasMergeQueue: false,
    hasDrafts: false,
  }),
  gitCredentials: async () => null,
  commitIdentity: async () => null,
  findPerson: async () => null,
  readChecks: async ({ sha }) => ({ verdict: 'none', sha, checks: [], missing: [] }),
  readLog: async () => null,
  rerun: async () => 'refused',
  readRemarks: async () => [],
  say: async () => ({ url: null }),
  resolveThread: async () => undefined,
  mayWrite: async () => false,
  listIssues: async () => [],
  findIssue: async () => null,
  isIssueEdited: async () => true,
};

function rowOf(at: OnForge, draft: PullRequestDraft): Parameters<typeof openLocalPullRequest>[1] {
  const { title, body, headBranch, headSha, baseBranch, baseSha } = draft;
  const workOrderId = draft.workOrderId as PullRequestRow['workOrderId'];
  return { projectId: at.projectId, workOrderId, title, body, headBranch, headSha, baseBranch, baseSha };
}

function toPullRequest(row: PullRequestRow): PullRequest {
  const { number, state, title, body, headBranch, headSha, baseBranch, baseSha, mergedSha } = row;
  return {
    number,
    state,
    title,
    body,
    headBranch,
    headSha,
    baseBranch,
    baseSha,
    mergedSha,
    url: `local:${headBranch}#${number}`,
    mergeable: null,
    isDraft: false,
  };
}
