// The checks of one commit on Gitea: its statuses, which include those of Actions, and what the base branch requires.
import { z } from 'zod';
import type { Check, Obstacle } from '../../domain/forge/forge.ts';
import { obstacleIn } from '../../domain/forge/obstacle-words.ts';
import type { ChecksReport } from '../../engine/ports/forge.ts';
import { decideVerdict } from '../decide-verdict.ts';
import { attemptOf, idOf, type Job, jobsOf, obstacleOf } from './actions.ts';
import type { GiteaApi } from './api.ts';
import { isRequired, missingIn, type RequiredChecks } from './required-checks.ts';

const statusSchema = z.looseObject({
  id: z.number(),
  context: z.string(),
  status: z.string(),
  description: z.string().nullish(),
  target_url: z.string().nullish(),
});
type Status = z.infer<typeof statusSchema>;

const branchSchema = z.looseObject({
  enable_status_check: z.boolean().nullish(),
  status_check_contexts: z.array(z.string()).nullish(),
});

const nameCharsMax = 300;
const summaryCharsMax = 4_000;
const urlCharsMax = 2_000;

export async function readChecks(
  api: GiteaApi,
  { sha, baseBranch }: { sha: string; baseBranch: string },
  signal?: AbortSignal,
): Promise<ChecksReport> {
  const required = await requiredOf(api, baseBranch, signal);
  // Contains only the newest status of each context. An unknown commit has none.
  const path = `/commits/${encodeURIComponent(sha)}/status`;
  const statuses = await api.list({ path, isOptional: true, signal }, statusSchema, 'statuses');
  const jobs = statuses.some(isOfActions) ? await jobsOf(api, sha, signal) : [];
  const checks: Check[] = [];
  for (const status of statuses) {
    const job = jobOf(status, jobs);
    const check = toCheck(status, job, isRequired(status.context, required));
    const obstacle = check.state === 'failed' ? await whyNotRun(api, status, job, signal) : null;
    checks.push(obstacle ? { ...check, obstacle } : check);
  }
  const missing = missingIn(
    statuses.map(({ context }) => context),
    required,
  );
  return { sha, checks, missing, ...decideVerdict(checks, missing, required.isOn) };
}

/** What keeps another program from running stands in the description of its status. */
async function whyNotRun(
  api: GiteaApi,
  { description }: Status,
  job: Job | null,
  signal: AbortSignal | undefined,
): Promise<Obstacle | null> {
  return job ? obstacleOf(api, job, signal) : obstacleIn(description ?? '');
}

/** A deleted branch requires nothing. */
async function requiredOf(
  api: GiteaApi,
  baseBranch: string,
  signal: AbortSignal | undefined,
): Promise<RequiredChecks> {
  const branch = await api.find(`/branches/${encodeURIComponent(baseBranch)}`, branchSchema, signal);
  return { isOn: branch?.enable_status_check ?? false, patterns: branch?.status_check_contexts ?? [] };
}

const placeInActions = /\/actions\/runs\/\d+\/jobs\/(\d+)$/;

function isOfActions({ target_url }: Status): boolean {
  return placeInActions.test(target_url ?? '');
}

/** Before 1.26, the address contains the job's position in its run instead of its ID; then the name decides. */
function jobOf(status: Status, jobs: readonly Job[]): Job | null {
  const [, id] = placeInActions.exec(status.target_url ?? '') ?? [];
  if (id === undefined) return null;
  const named = ({ name }: Job) => status.context.includes(` / ${name} (`);
  return jobs.find((job) => job.id === Number(id) && named(job)) ?? jobs.find(named) ?? null;
}

/** Gitea refuses to merge with a warning, so it counts as a failure. */
const states: Readonly<Record<string, Check['state']>> = {
  success: 'passed',
  skipped: 'skipped',
  failure: 'failed',
  error: 'failed',
  warning: 'failed',
  pending: 'running',
};
const waiting = /^(?:Waiting to run|Blocked by)/;

function toCheck(status: Status, job: Job | null, required: boolean): Check {
  const { id, context, description } = status;
  const isWaiting = job
    ? job.status === 'queued' || job.status === 'waiting'
    : waiting.test(description ?? '');
  const state = states[status.status] ?? 'unknown';
  // A status has no value for a cancelled job, so Gitea reports a failure.
  const isCancelled = job?.conclusion === 'cancelled';
  return {
    id: job ? idOf(job) : `status:${id}`,
    name: context.slice(0, nameCharsMax),
    state: isCancelled ? 'cancelled' : state === 'running' && isWaiting ? 'queued' : state,
    conclusion: job?.conclusion || status.status,
    isRequired: required,
    attempt: job ? attemptOf(job) : 1,
    run: context.split(' / ')[0] ?? context,
    url: webAddress(job?.html_url) ?? webAddress(status.target_url),
    summary: description ? description.slice(0, summaryCharsMax) : null,
  };
}

function webAddress(url: string | null | undefined): string | null {
  return url && /^https?:\/\//.test(url) && url.length <= urlCharsMax ? url : null;
}
