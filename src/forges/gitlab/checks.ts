// The checks of a commit on GitLab: jobs of its pipelines and statuses of others, with logs and reruns.
import { z } from 'zod';
import type { Check, Verdict } from '../../domain/forge.ts';
import { type ChecksReport, type LogTail, logBytesMax } from '../../engine/ports/forge.ts';
import { readReply } from '../call-host.ts';
import { decideVerdict } from '../decide-verdict.ts';
import { readableLog } from '../log-tail.ts';
import type { GitLabApi } from './api.ts';
import { mergeRequestSchema } from './read-merge-request.ts';

const summaryCharsMax = 4_000;

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
  manual: 'queued',
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
      return { verdict: decide(counted, missing), sha, checks, missing };
    },
    log: async (check, signal) => {
      const job = jobOf(check);
      if (job === null) return null;
      const reply = await api.call({
        ...{ method: 'GET', path: `/jobs/${job}/trace`, answers: [404], tailBytes: logBytesMax, signal },
      });
      if (reply.status !== 200 || typeof reply.body !== 'string' || reply.body.trim() === '') return null;
      const { text, isCut } = readableLog(withoutSections(reply.body), logBytesMax, reply.isCut);
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

/** Jobs are statuses of their commit too. `all` is false: of each name and stage, the newest. */
async function statusesOf(api: GitLabApi, sha: string, signal: AbortSignal | undefined): Promise<Counted[]> {
  const path = `/repository/commits/${sha}/statuses`;
  const statuses = await api.pages(
    { path, query: { all: false }, canWait: true, signal },
    z.array(statusSchema),
  );
  return statuses.map((status) => {
    // A status that another program reports has no log here.
    const isJob = status.target_url?.includes('/-/jobs/') ?? false;
    return {
      id: `${isJob ? 'job' : 'status'}:${status.id}`,
      name: status.name,
      state: stateOf(status),
      conclusion: status.status,
      isRequired: false,
      mayFail: status.allow_failure === true,
      attempt: 1,
      url: status.target_url ?? null,
      summary: status.description?.slice(0, summaryCharsMax) ?? null,
    };
  });
}

/** A manual job that is allowed to fail blocks nothing. */
function stateOf({
  status,
  allow_failure: mayFail,
}: {
  status: string;
  allow_failure?: boolean | null | undefined;
}) {
  if (status === 'manual' && mayFail === true) return 'skipped';
  return states[status] ?? 'unknown';
}

/** A merged-results pipeline runs on its own commit, which the merge request names. */
async function mergedResults(
  api: GitLabApi,
  sha: string,
  signal: AbortSignal | undefined,
): Promise<{ checks: Counted[]; isBeginning: boolean }> {
  const none = { checks: [], isBeginning: false };
  const found = await api.call({
    ...{ method: 'GET', path: `/repository/commits/${sha}/merge_requests`, answers: [404] },
    ...{ canWait: true, signal },
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
      state: stateOf(job),
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
function decide(checks: readonly Counted[], missing: readonly string[]): Verdict {
  if (missing.length > 0) return 'running';
  const counting = checks.filter(({ mayFail }) => !mayFail);
  const verdict = decideVerdict(counting, [], false);
  return verdict === 'green' && !counting.some(({ state }) => state === 'passed') ? 'none' : verdict;
}

/** The markers of log sections in GitLab's page. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const section = /section_(?:start|end):\d+:[^\r\n]*\r(?:\u001b\[0K)?/g;

function withoutSections(text: string): string {
  return text.replace(section, '');
}
