// For tests: a work order that waits for CI, and a forge whose answers the test decides.

import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import type { Check, Verdict } from '../../../domain/forge/forge.ts';
import { systemClock } from '../../../stdx/clock.ts';
import type { Database } from '../../../store/database.ts';
import { followFrom } from '../../../store/work/pull-requests/followed-pull-requests.ts';
import { pullRequestOf, recordPullRequest } from '../../../store/work/pull-requests/pull-requests.ts';
import { saveStepResult, updateRun } from '../../../store/work/runs/runs.ts';
import { stepResult } from '../../../store/work/runs/step-results.fixture.ts';
import { aWorkOrderAtWork, type Scratch } from '../../../store/work/scratch-rows.fixture.ts';
import { intendEffect, markEffect } from '../../../store/work/sessions/effects.ts';
import { changeWorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { ifDue } from '../../background/jobs/if-due.fixture.ts';
import { defaultSettings, type EngineSettings } from '../../policy/engine-settings.ts';
import type { Forge, LogTail, PullRequest, Remark } from '../../ports/forge.ts';
import { ErrorRecoveryManager } from '../../recovery/error-recovery-manager.ts';
import type { FollowDeps } from '../follow-deps.ts';
import { pullRequestsJob } from '../pull-requests-job.ts';

export const pushed = 'a'.repeat(40);
export const base = 'b'.repeat(40);
const host = 'git.example.com';
const at = { host, repository: 'acme/api' };

export const checkOf = (name: string, state: Check['state'], given: Partial<Check> = {}): Check => ({
  id: `${name}.1`,
  name,
  state,
  conclusion: state,
  isRequired: false,
  attempt: 1,
  url: null,
  summary: null,
  ...given,
});

export interface ScriptedForge extends Forge {
  pullRequest: PullRequest;
  verdicts: Record<string, { verdict: Verdict; checks: Check[]; missing?: string[]; because?: string }>;
  logs: Record<string, string>;
  remarks: Remark[];
  /** The calls to it, in order. */
  calls: string[];
  /** Thrown by the call of this name. */
  failures: Partial<Record<'find' | 'merge' | 'rerun' | 'checks', Error>>;
  mergesTo: 'merged' | 'queued';
  writers: string[];
}

export function scriptedForge(): ScriptedForge {
  const refused = async (): Promise<never> => {
    throw new TypeError('This forge does not do that');
  };
  const did = (call: string, name: keyof ScriptedForge['failures']) => {
    forge.calls.push(call);
    const failure = forge.failures[name];
    if (failure) throw failure;
  };
  const forge: ScriptedForge = {
    kind: 'gitea',
    ...at,
    hasChecks: true,
    limits: { bodyChars: 1_000, titleChars: 100 },
    pullRequest: {
      number: 7,
      url: `https://${host}/acme/api/pulls/7`,
      state: 'open',
      title: 't',
      body: 'b',
      headBranch: 'moose/1',
      headSha: pushed,
      baseBranch: 'main',
      baseSha: base,
      mergedSha: null,
      mergeable: true,
      isDraft: false,
    },
    verdicts: {},
    logs: {},
    remarks: [],
    calls: [],
    failures: {},
    mergesTo: 'merged',
    writers: ['ada'],
    findPullRequest: async () => {
      did('find', 'find');
      return { ...forge.pullRequest };
    },
    readChecks: async ({ sha }) => {
      did('checks', 'checks');
      const { verdict = 'none', checks = [], missing = [], because } = forge.verdicts[sha] ?? {};
      return { verdict, sha, checks, missing, ...(because === undefined ? {} : { because }) };
    },
    readLog: async ({ name }): Promise<LogTail | null> => {
      const text = forge.logs[name];
      return text === undefined ? null : { text, isCut: false, failedStep: 'npm test' };
    },
    rerun: async ({ name }) => {
      did(`rerun ${name}`, 'rerun');
      return 'started';
    },
    mergePullRequest: async (_, { expectedHeadSha }) => {
      did(`merge ${expectedHeadSha.slice(0, 4)}`, 'merge');
      if (forge.mergesTo === 'queued') return 'queued';
      Object.assign(forge.pullRequest, { state: 'merged', mergedSha: 'c'.repeat(40) });
      return { ...forge.pullRequest };
    },
    cancelAutoMerge: async (number) => did(`take back ${number}`, 'merge'),
    readRemarks: async () => forge.remarks,
    mayWrite: async (login) => forge.writers.includes(login),
    inspect: refused,
    gitCredentials: async () => null,
    commitIdentity: async () => null,
    findPerson: async () => null,
    openPullRequest: refused,
    updatePullRequest: refused,
    closePullRequest: refused,
    say: refused,
    resolveThread: refused,
    listIssues: refused,
    findIssue: refused,
    isIssueEdited: refused,
  };
  return forge;
}

/** A work order whose run has ended, with an open pull request at `pushed`. */
export async function awaitingCi(
  database: Database,
  given: { title?: string; repositoryPath?: string } = {},
): Promise<Scratch> {
  const scratch = await aWorkOrderAtWork(database, {
    step: 'tracking',
    repositoryPath: `/srv/${randomUUID()}`,
    ...given,
  });
  const { query } = database;
  const { workOrderId, runId, projectId } = scratch;
  const owner = { workOrderId, runId, cycle: 0, startedAt: new Date() };
  const proposal = { plan: 'Do it', edits: [], risks: [] };
  const results = {
    routing: stepResult('routing'),
    generating: stepResult('generating', { proposal }),
    applying: stepResult('applying', { headSha: pushed, treeSha: 'tree-1' }),
    verifying: stepResult('verifying', { isVerified: false, treeSha: 'tree-1' }),
  };
  for (const step of ['routing', 'generating', 'applying', 'verifying'] as const)
    await saveStepResult(query, { ...owner, step, result: results[step] });
  const key = `pull_request:${workOrderId}`;
  await intendEffect(query, { workOrderId, runId, kind: 'pull_request', key, detail: { number: 7 } });
  await markEffect(query, key, 'done');
  await recordPullRequest(query, {
    ...at,
    projectId,
    workOrderId,
    number: 7,
    title: 't',
    body: 'b',
    headBranch: 'moose/1',
    headSha: pushed,
    baseBranch: 'main',
    baseSha: base,
    state: 'open',
    mergedSha: null,
    url: null,
    isDraft: false,
    mergeable: null,
  });
  await updateRun(query, runId, { state: 'ended', outcome: 'completed', endedAt: new Date() });
  await followAgain(database, scratch, pushed);
  return scratch;
}

/** The work order waits (again) for the CI of this commit. */
export async function followAgain(database: Database, { workOrderId }: Scratch, sha: string): Promise<void> {
  const { query } = database;
  const row = await pullRequestOf(query, workOrderId);
  if (!row) throw new Error('There is no pull request');
  const followed = { ...(row.followed as object), pushedSha: sha };
  await followFrom(query, row, { delayMs: 0, waitingFor: 'CI', followed });
  await changeWorkOrder(
    query,
    workOrderId,
    {},
    { step: 'awaiting_ci', stepState: 'running', changedBy: 'moose:1', changedBecause: 'it waits for CI' },
  );
}

export type Settings = Partial<EngineSettings['ci']> & Partial<Pick<EngineSettings, 'equalFailuresMax'>>;

/** One round of the job, with every pull request due. */
export async function look(
  database: Database,
  forge: Forge,
  { equalFailuresMax = defaultSettings.equalFailuresMax, ...ci }: Settings = {},
  given: Partial<FollowDeps> = {},
): Promise<string[]> {
  const recorded: string[] = [];
  const unexpected: Error[] = [];
  const errorLog = {
    record: (error: Error & { code: string }) => {
      recorded.push(error.code);
      if (error.code === 'UNEXPECTED') unexpected.push(error);
      return { id: '', resolved: () => undefined };
    },
  };
  const circuits = { through: <T>(_: unknown, __: unknown, call: () => Promise<T>) => call() };
  await database.query
    .updateTable('pullRequests')
    .set({ nextLookAt: new Date(0) })
    .where('nextLookAt', 'is not', null)
    .execute();
  const settings = { ...defaultSettings, equalFailuresMax, ci: { ...defaultSettings.ci, ...ci } };
  const job = ifDue(
    database,
    pullRequestsJob({
      database,
      forges: { of: async () => forge },
      clock: systemClock,
      settings,
      logger: pino({ level: 'silent' }),
      errors: errorLog,
      reached: () => undefined,
      recovery: new ErrorRecoveryManager({
        policies: settings.recovery,
        circuits,
        errorLog,
        now: Date.now,
        random: Math.random,
      }),
      ...given,
    }),
  );
  await job.run(new AbortController().signal);
  if (recorded.includes('UNEXPECTED') && !given.reached) throw unexpected[0];
  return recorded;
}
