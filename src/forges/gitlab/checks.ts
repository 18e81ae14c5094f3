// The checks of a commit on GitLab: jobs of its pipelines and statuses of others, with logs and reruns.
import { z } from 'zod';
import type { Check, Obstacle } from '../../domain/forge/forge.ts';
import { obstacleIn } from '../../domain/forge/obstacle-words.ts';
import { type ChecksReport, type LogTail, logBytesMax } from '../../engine/ports/forge.ts';
import { readReply } from '../call-host.ts';
import { type Decided, decideVerdict } from '../decide-verdict.ts';
import { readableLog } from '../log-tail.ts';
import type { GitLabApi } from './api.ts';
import { mergeRequestSchema } from './read-merge-request.ts';

const summaryCharsMax = 4_000;
/** Each failed job needs one call for its reason; this is the maximum per look. */
const failuresAskedMax = 10;

const statusSchema = z.looseObject({
  id: z.number(),
  name: z.string(),
  status: z.string(),
  allow_failure: z.boolean().nullish(),
  target_url: z.string().nullish(),
  description: z.string().nullish(),
  pipeline_id: z.number().nullish(),
});
const jobSchema = z.looseObject({
  id: z.number(),
  name: z.string(),
  status: z.string(),
  allow_failure: z.boolean().nullish(),
  web_url: z.string().nullish(),
  failure_reason: z.string().nullish(),
  // A job that starts another pipeline has no log.
  stage: z.string().nullish(),
});
const projectSchema = z.looseObject({ only_allow_merge_if_pipeline_succeeds: z.boolean().nullish() });

/** https://docs.gitlab.com/api/jobs/ */
const states: Readonly<Record<string, Check['state']>> = {
  created: 'queued',
  waiting_for_resource: 'queued',
  preparing: 'queued',
  pending: 'queued',
  scheduled: 'queued',
  running: 'running',
  canceling: 'running',
  success: 'passed',
  failed: 'failed',
  canceled: 'cancelled',
  skipped: 'skipped',
};

/** GitLab requires no checks by name: every job counts that is not allowed to fail. */
type Counted = Check & { mayFail: boolean };

export interface Checks {
  read(of: { sha: string; baseBranch: string }, signal?: AbortSignal): Promise<ChecksReport>;
  log(check: Check, signal?: AbortSignal): Promise<LogTail | null>;
  rerun(check: Check, signal?: AbortSignal): Promise<'started' | 'refused'>;
}

export function createChecks(api: GitLabApi): Checks {
  return {
    read: async ({ sha }, signal) => {
      const statuses = await statusesOf(api, sha, signal);
      const elsewhere = await mergedResults(api, sha, signal);
      const counted = [...statuses, ...elsewhere.checks];
      const checks = counted.map(({ mayFail: _, ...check }) => check);
      const mustPass = checks.length === 0 && (await needsPipeline(api, signal));
      const missing = mustPass || elsewhere.isBeginning ? ['pipeline'] : [];
      return { sha, checks, missing, ...decide(counted, missing) };
    },
    log: async (check, signal) => {
      const job = jobOf(check);
      if (job === null) return null;
      const trace = await traceOf(api, job, logBytesMax, signal);
      if (trace === null) return null;
      const { text, isCut } = readableLog(withoutSections(trace.text), logBytesMax, trace.isCut);
      return { text, isCut, failedStep: null };
    },
    rerun: async (check, signal) => {
      const job = jobOf(check);
      if (job === null) return 'refused';
      const path = `/jobs/${job}/retry`;
      const reply = await api.call({ method: 'POST', path, answers: [400, 403, 404], signal });
      return reply.status === 201 ? 'started' : 'refused';
    },
  };
}

const jobOf = ({ id }: Check) => /^job:(\d+)$/.exec(id)?.[1] ?? null;

/** Jobs are statuses of their commit too. With `all` false, GitLab returns only the newest one for each name and stage. */
async function statusesOf(api: GitLabApi, sha: string, signal: AbortSignal | undefined): Promise<Counted[]> {
  const path = `/repository/commits/${sha}/statuses`;
  const statuses = await api.pages(
    { path, query: { all: false }, canWait: true, signal },
    z.array(statusSchema),
  );
  const reasons = await reasonsOf(api, statuses, signal);
  return statuses.map((status) => {
    return {
      id: `${isOfJob(status) ? 'job' : 'status'}:${status.id}`,
      name: status.name,
      ...stateOf({ ...status, failure_reason: reasons.get(status.id) ?? status.description }),
      run: `pipeline:${status.pipeline_id ?? ''}`,
      conclusion: status.status,
      isRequired: false,
      mayFail: status.allow_failure === true,
      attempt: 1,
      url: status.target_url ?? null,
      summary: status.description?.slice(0, summaryCharsMax) ?? null,
    };
  });
}

/** With these reasons, the job's own script ran. */
const ranReasons = /^(?:script_failure|job_execution_timeout|trace_size_exceeded|archived_failure)$/;

/** The end of a job's log; null if it has none. */
async function traceOf(
  api: GitLabApi,
  job: number | string,
  tailBytes: number,
  signal: AbortSignal | undefined,
): Promise<{ text: string; isCut: boolean } | null> {
  const path = `/jobs/${job}/trace`;
  const reply = await api.call({ method: 'GET', path, answers: [404], tailBytes, signal });
  if (reply.status !== 200 || typeof reply.body !== 'string' || reply.body.trim() === '') return null;
  return { text: reply.body, isCut: reply.isCut };
}

interface Ended {
  status: string;
  allow_failure?: boolean | null | undefined;
  failure_reason?: string | null | undefined;
}

/** A manual job that is allowed to fail blocks nothing; another one waits for a person. */
function stateOf({ status, allow_failure: mayFail, failure_reason: reason }: Ended): {
  state: Check['state'];
  obstacle?: Obstacle;
} {
  if (status === 'manual' && mayFail === true) return { state: 'skipped' };
  if (status === 'manual')
    return { state: 'unknown', obstacle: { kind: 'approval', said: 'it waits for a person to start it' } };
  const obstacle = status === 'failed' ? obstacleIn(reason ?? '') : null;
  return { state: states[status] ?? 'unknown', ...(obstacle ? { obstacle } : {}) };
}

/** Why these jobs failed, which their statuses do not say. */
async function reasonsOf(
  api: GitLabApi,
  statuses: readonly z.infer<typeof statusSchema>[],
  signal: AbortSignal | undefined,
): Promise<Map<number, string>> {
  const reasons = new Map<number, string>();
  const failed = statuses.filter((each) => each.status === 'failed' && isOfJob(each));
  for (const { id } of failed.slice(0, failuresAskedMax)) {
    const reply = await api.call({
      method: 'GET',
      path: `/jobs/${id}`,
      answers: [403, 404],
      canWait: true,
      signal,
    });
    if (reply.status !== 200) continue;
    const { failure_reason: reason } = readReply(reply, jobSchema);
    const isSilent = !ranReasons.test(reason ?? '') && (await traceOf(api, id, 1, signal)) === null;
    reasons.set(
      id,
      isSilent
        ? `no runner took the job (${reason ?? 'unknown failure'}), and it has no log`
        : (reason ?? ''),
    );
  }
  return reasons;
}

/** A status that another program reports has no log here. */
function isOfJob({ target_url: url }: z.infer<typeof statusSchema>): boolean {
  return url?.includes('/-/jobs/') ?? false;
}

/** A merged-results pipeline runs on its own commit, which the merge request names. */
async function mergedResults(
  api: GitLabApi,
  sha: string,
  signal: AbortSignal | undefined,
): Promise<{ checks: Counted[]; isBeginning: boolean }> {
  const none = { checks: [], isBeginning: false };
  const found = await api.call({
    method: 'GET',
    path: `/repository/commits/${sha}/merge_requests`,
    answers: [404],
    canWait: true,
    signal,
  });
  if (found.status !== 200) return none;
  const listed = readReply(found, z.array(mergeRequestSchema));
  const open = listed.find((each) => each.state === 'opened' && each.sha === sha);
  if (!open) return none;
  const path = `/merge_requests/${open.iid}`;
  const reply = await api.call({ method: 'GET', path, canWait: true, signal });
  const pipeline = readReply(reply, mergeRequestSchema).head_pipeline ?? null;
  if (pipeline === null || pipeline.sha === sha) return none;
  const jobs = await api.pages(
    { path: `/pipelines/${pipeline.id}/jobs`, canWait: true, signal },
    z.array(jobSchema),
  );
  return {
    isBeginning: jobs.length === 0 && states[pipeline.status] !== 'passed',
    checks: jobs.map((job) => ({
      id: `job:${job.id}`,
      name: job.name,
      ...stateOf(job),
      run: `pipeline:${pipeline.id}`,
      conclusion: job.status,
      isRequired: false,
      mayFail: job.allow_failure === true,
      attempt: 1,
      url: job.web_url ?? null,
      summary: job.failure_reason?.slice(0, summaryCharsMax) ?? null,
    })),
  };
}

async function needsPipeline(api: GitLabApi, signal: AbortSignal | undefined): Promise<boolean> {
  const reply = await api.call({ method: 'GET', path: '', canWait: true, signal });
  return readReply(reply, projectSchema).only_allow_merge_if_pipeline_succeeds === true;
}

/** Jobs that may fail do not count; if there are no others, or all were skipped, there is no verdict. */
function decide(checks: readonly Counted[], missing: readonly string[]): Decided {
  if (missing.length > 0) return { verdict: 'running' };
  return decideVerdict(
    checks.filter(({ mayFail }) => !mayFail),
    [],
    false,
  );
}

/** The markers of log sections in GitLab's page. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const section = /section_(?:start|end):\d+:[^\r\n]*\r(?:\u001b\[0K)?/g;

function withoutSections(text: string): string {
  return text.replace(section, '');
}
