// For tests: a work order with a pull request on an in-memory forge where people write comments.

import { testDatabase } from '../../../test/database.ts';
import type { ProjectId, RunId, WorkOrderId } from '../../domain/ids.ts';
import type { ProjectSettings } from '../../domain/project-settings/project-settings.ts';
import { systemClock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { toJson } from '../../store/storable.ts';
import { findPullRequest, recordPullRequest } from '../../store/work/pull-requests/pull-requests.ts';
import { remarksOf } from '../../store/work/pull-requests/remarks.ts';
import { openRunOf, saveStepResult, updateRun } from '../../store/work/runs/runs.ts';
import { stepResult } from '../../store/work/runs/step-results.fixture.ts';
import { aWorkOrderAtWork, theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import { messagesOf } from '../../store/work/work-orders/messages.ts';
import { changeWorkOrder, type WorkOrder } from '../../store/work/work-orders/work-orders.ts';
import type { Forge, ForgeIssue, Remark, Saying } from '../ports/forge.ts';
import { scratchWork } from '../scratch-work.fixture.ts';
import type { RemarksDeps } from './remarks/remarks-deps.ts';
import { lookAtRemarks } from './remarks/remarks-look.ts';

export const at = { host: 'git.example.org', repository: 'acme/api' };
export const firstSha = 'a'.repeat(40);
const number = 7;
const never = new AbortController().signal;

export interface DiscussedForge extends Forge {
  remarks: Remark[];
  issues: ForgeIssue[];
  /** When the issue of that number was edited last. */
  edits: Map<number, Date>;
  /** By key, as on the forge: a comment with the same key is replaced. */
  said: Map<string, Saying>;
  /** The keys of all calls. */
  sayings: string[];
  resolved: string[];
}

function discussedForge(memory: Forge): DiscussedForge {
  const forge: DiscussedForge = {
    ...memory,
    kind: 'gitea',
    ...at,
    hasChecks: true,
    remarks: [],
    issues: [],
    edits: new Map(),
    said: new Map(),
    sayings: [],
    resolved: [],
    readRemarks: async (_, since) =>
      forge.remarks.filter(({ updatedAt }) => since === null || new Date(updatedAt) >= since),
    say: async (saying) => {
      forge.said.set(saying.key, saying);
      forge.sayings.push(saying.key);
      return { url: null };
    },
    resolveThread: async ({ key }) => {
      forge.resolved.push(key);
    },
    mayWrite: async (login) => ['ada', 'bob', 'robot[bot]'].includes(login),
    isIssueEdited: async (number, since) => (forge.edits.get(number) ?? new Date(0)) >= since,
    listIssues: async ({ label }) => forge.issues.filter(({ labels }) => labels.includes(label)),
  };
  return forge;
}

export async function discussed(settings: ProjectSettings = {}, repositoryPath = '/srv/discussed') {
  const database = await testDatabase();
  const { forge: memory, recovery } = await scratchWork(database);
  const forge = discussedForge(memory);
  let dieAt: string | null = null;
  const deps: RemarksDeps = {
    database,
    recovery,
    clock: systemClock,
    forges: { of: async () => forge },
    reached: (point) => {
      if (point === dieAt) throw new Error(`killed at ${point}`);
    },
  };
  const { workOrderId, runId, projectId } = await aWorkOrderAtWork(database, {
    repositoryPath,
    step: 'tracking',
  });
  await database.query
    .updateTable('projects')
    .set({ settings: toJson(settings) })
    .where('id', '=', projectId)
    .execute();
  await recordPullRequest(database.query, {
    ...at,
    projectId,
    number,
    workOrderId,
    title: 'Fix it',
    body: '',
    url: 'https://git.example.org/7',
    headBranch: 'moose/1-fix-it',
    headSha: firstSha,
    baseBranch: 'main',
    baseSha: 'b'.repeat(40),
    state: 'open',
    mergedSha: null,
    isDraft: false,
    mergeable: true,
  });
  const it = rowsOf(database, { workOrderId, projectId });
  await it.published(runId, firstSha, []);
  const look = async () => {
    const row = await findPullRequest(database.query, { projectId, ...at }, { number });
    if (!row) throw new Error('There is no pull request');
    await lookAtRemarks(deps, row, never);
  };
  return {
    database,
    deps,
    forge,
    look,
    workOrderId,
    projectId,
    ...it,
    /** The next look dies at this point. */
    dieAt: (point: string | null) => {
      dieAt = point;
    },
  };
}

function rowsOf(
  database: Database,
  { workOrderId, projectId }: { workOrderId: WorkOrderId; projectId: ProjectId },
) {
  const { query } = database;
  const order = () => theWorkOrder(database, workOrderId);
  const change = (to: Partial<Pick<WorkOrder, 'status' | 'step' | 'stepState'>>) =>
    changeWorkOrder(query, workOrderId, {}, { ...to, changedBy: 'moose:1', changedBecause: 'on' });
  return {
    order,
    change,
    messages: () => messagesOf(query, workOrderId),
    openRun: () => openRunOf(query, workOrderId),
    remarks: () => remarksOf(query, { projectId, ...at, number }),
    /** A run has published this commit, and its prompt contained these messages: the work order waits for CI. */
    published: async (runId: RunId, headSha: string, messageIds: readonly string[]) => {
      const result = { runId, workOrderId, cycle: 0, startedAt: new Date() };
      for (const step of ['routing', 'preparing'] as const)
        await saveStepResult(query, { ...result, step, result: stepResult(step) });
      const generated = { proposal: null, brief: 'x', model: null, attempts: 0, messageIds };
      await saveStepResult(query, { ...result, step: 'generating', result: generated });
      const published = { number, url: 'x', headSha, remote: 'x' };
      await saveStepResult(query, { ...result, step: 'creating_pr', result: published });
      await updateRun(query, runId, { state: 'ended', outcome: 'completed', endedAt: new Date() });
      for (const step of ['applying', 'verifying', 'creating_pr', 'tracking', 'awaiting_ci'] as const)
        if ((await order()).step !== 'tracking' || step === 'awaiting_ci') await change({ step });
    },
  };
}

let written = 0;

export function remarkOf(given: Partial<Remark> = {}): Remark {
  written += 1;
  const createdAt = given.createdAt ?? new Date(Date.now() - 60_000 + written).toISOString();
  return {
    key: `comment:${written}`,
    kind: 'comment',
    author: 'ada',
    isOwn: false,
    body: 'Nice.',
    judgement: null,
    sha: null,
    path: null,
    line: null,
    threadId: null,
    isResolved: false,
    url: null,
    createdAt,
    updatedAt: createdAt,
    ...given,
  };
}

export const lineOf = (given: Partial<Remark> = {}): Remark =>
  remarkOf({ kind: 'line', body: 'Use UTC.', path: 'src/a.ts', line: 3, threadId: 'T1', ...given });

export function issueOf(given: Partial<ForgeIssue> = {}): ForgeIssue {
  return {
    number: 12,
    url: 'https://git.example.org/acme/api/issues/12',
    title: 'Dates are wrong',
    body: 'They show the day before.',
    author: 'stranger',
    labelledBy: 'ada',
    labels: ['moose'],
    labelledAt: new Date(Date.now() - 5_000).toISOString(),
    state: 'open',
    updatedAt: new Date().toISOString(),
    ...given,
  };
}
