// The checks of a commit on GitHub: check runs, statuses, the base branch's required checks, logs and reruns.
import { z } from 'zod';
import type { Check } from '../../domain/forge/forge.ts';
import { type ChecksReport, type LogTail, logBytesMax } from '../../engine/ports/forge.ts';
import { readReply, unexpectedAnswer } from '../call-host.ts';
import { readableLog } from '../log-tail.ts';
import type { GitHubApi } from './api.ts';
import { type CheckRun, runSchema } from './check-run.ts';
import {
  type Annotation,
  annotationsOf,
  failedStepOf,
  findJob,
  type JobFacts,
  learnJobs,
  logOf,
  noFacts,
} from './jobs.ts';
import { requiredChecks } from './required-checks.ts';
import { type Status, statusSchema, verdictOf, withChecks } from './verdict.ts';

const runsSchema = z.looseObject({ check_runs: z.array(runSchema) });
const combinedSchema = z.looseObject({ statuses: z.array(statusSchema) });
const testMergeSchema = z.array(
  z.looseObject({
    state: z.string(),
    merge_commit_sha: z.string().nullish(),
    head: z.looseObject({ sha: z.string() }),
  }),
);
const workflowRunsSchema = z.looseObject({
  workflow_runs: z.array(
    z.looseObject({
      id: z.number(),
      name: z.string().nullish(),
      status: z.string().nullish(),
      conclusion: z.string().nullish(),
      html_url: z.string().nullish(),
    }),
  ),
});
const workflowRunSchema = z.looseObject({
  status: z.string().nullish(),
  run_attempt: z.number().int().positive().catch(1),
});
export interface Checks {
  read(of: { sha: string; baseBranch: string }, signal?: AbortSignal): Promise<ChecksReport>;
  log(check: Check, signal?: AbortSignal): Promise<LogTail | null>;
  rerun(check: Check, signal?: AbortSignal): Promise<'started' | 'refused'>;
}

/** `jobs` keeps what is known of completed jobs, because that never changes. */
export function createChecks(api: GitHubApi, jobs: Map<number, JobFacts> = new Map()): Checks {
  const ofCommit = async (sha: string, signal?: AbortSignal) => {
    const path = `/commits/${encodeURIComponent(sha)}`;
    const runs = await api.pages(
      { path: `${path}/check-runs`, query: { filter: 'latest' }, canWait: true, signal },
      { parse: (page): CheckRun[] => runsSchema.parse(page).check_runs },
    );
    const statuses = await api.pages(
      { path: `${path}/status`, canWait: true, signal },
      { parse: (page): Status[] => combinedSchema.parse(page).statuses },
    );
    return { runs, statuses };
  };
  return {
    read: async ({ sha, baseBranch }, signal) => {
      let { runs, statuses } = (await isKnown(api, sha, signal))
        ? await ofCommit(sha, signal)
        : { runs: [], statuses: [] };
      if (runs.length === 0 && statuses.length === 0) {
        // Some programs report on the commit that GitHub made for the test merge.
        const testMerge = await testMergeOf(api, sha, signal);
        if (testMerge !== null) ({ runs, statuses } = await ofCommit(testMerge, signal));
      }
      await learnJobs(api, runs, jobs, signal);
      const required = await requiredChecks(api, baseBranch, signal);
      const report = verdictOf(sha, { runs, statuses, required }, ({ id }) => jobs.get(id) ?? noFacts);
      const mayWait = report.missing.length > 0 || report.checks.length === 0;
      const held = mayWait ? await heldWorkflows(api, sha, signal) : [];
      return held.length === 0 ? report : withChecks(report, held, required.length > 0);
    },
    log: async (check, signal) => {
      const id = runIdOf(check);
      if (id === null) return null;
      const job = await findJob(api, id, signal);
      if (job === null) return marksOf(await annotationsOf(api, id, signal));
      const log = await logOf(api, id, logBytesMax, signal);
      if (log === null) return marksOf(await annotationsOf(api, id, signal));
      return { ...readableLog(log.text, logBytesMax, log.isCut), failedStep: failedStepOf(job) };
    },
    rerun: (check, signal) => rerun(api, check, signal),
  };
}

function runIdOf({ id }: Check): number | null {
  const [, number] = /^run:(\d+)$/.exec(id) ?? [];
  return number === undefined ? null : Number(number);
}

/** A commit that was not pushed, or was pushed just now, has no checks. */
async function isKnown(api: GitHubApi, sha: string, signal: AbortSignal | undefined): Promise<boolean> {
  const path = `/commits/${encodeURIComponent(sha)}`;
  const reply = await api.call({ method: 'GET', path, answers: [404], canWait: true, signal });
  if (reply.status === 200) return true;
  if (reply.status !== 404 && reply.status !== 422) throw unexpectedAnswer(reply);
  return false;
}

async function testMergeOf(
  api: GitHubApi,
  sha: string,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const path = `/commits/${encodeURIComponent(sha)}/pulls`;
  const reply = await api.call({ method: 'GET', path, answers: [404], canWait: true, signal });
  if (reply.status !== 200) return null;
  const open = readReply(reply, testMergeSchema).find(
    ({ state, head }) => state === 'open' && head.sha === sha,
  );
  return open?.merge_commit_sha ?? null;
}

/** Workflows that wait for a person's approval: GitHub has no check for them yet. */
async function heldWorkflows(api: GitHubApi, sha: string, signal: AbortSignal | undefined): Promise<Check[]> {
  const reply = await api.call({
    method: 'GET',
    path: '/actions/runs',
    query: { head_sha: sha, per_page: 100 },
    answers: [403, 404],
    canWait: true,
    signal,
  });
  if (reply.status !== 200) return [];
  const held = readReply(reply, workflowRunsSchema).workflow_runs.filter(
    ({ status, conclusion }) => status === 'waiting' || conclusion === 'action_required',
  );
  return held.map(({ id, name, html_url: url }) => ({
    id: `workflow:${id}`,
    name: name || 'a workflow',
    state: 'unknown',
    conclusion: 'action_required',
    isRequired: false,
    attempt: 1,
    url: url ?? null,
    summary: null,
    obstacle: { kind: 'approval', said: 'the workflow waits for the approval of a maintainer' },
  }));
}

/** The marks in files, used instead of a log. */
function marksOf(found: readonly Annotation[]): LogTail | null {
  if (found.length === 0) return null;
  const lines = found.map(
    ({ path: file, start_line: line, annotation_level: level, message }) =>
      `${file ?? ''}:${line ?? 1}: ${level ?? 'failure'}: ${message ?? ''}`,
  );
  return { ...readableLog(`${lines.join('\n')}\n`, logBytesMax, false), failedStep: null };
}

async function rerun(
  api: GitHubApi,
  check: Check,
  signal: AbortSignal | undefined,
): Promise<'started' | 'refused'> {
  const id = runIdOf(check);
  if (id === null) return 'refused';
  const job = await findJob(api, id, signal);
  if (job === null) {
    const path = `/check-runs/${id}/rerequest`;
    const reply = await api.call({ method: 'POST', path, answers: [403, 404], signal });
    return reply.status === 201 ? 'started' : 'refused';
  }
  const path = `/actions/runs/${job.run_id}`;
  const whole = readReply(await api.call({ method: 'GET', path, signal }), workflowRunSchema);
  // An earlier call, whose answer was lost, has already started it.
  if (whole.run_attempt > job.run_attempt) return 'started';
  if (whole.status !== 'completed') return 'refused';
  const again = `${path}/rerun-failed-jobs`;
  const reply = await api.call({ method: 'POST', path: again, answers: [403, 404], signal });
  return reply.status === 201 ? 'started' : 'refused';
}
