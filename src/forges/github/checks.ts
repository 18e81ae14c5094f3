// The checks of a commit on GitHub: check runs, statuses, the base branch's required checks, logs and reruns.
import { z } from 'zod';
import type { Check } from '../../domain/forge.ts';
import { type ChecksReport, type LogTail, logBytesMax } from '../../engine/ports/forge.ts';
import { readReply, unexpectedAnswer } from '../call-host.ts';
import { readableLog } from '../log-tail.ts';
import type { GitHubApi } from './api.ts';
import { requiredChecks } from './required-checks.ts';
import { type CheckRun, runSchema, type Status, statusSchema, verdictOf } from './verdict.ts';

/** The slug of the App that is GitHub Actions. */
const actions = 'github-actions';
/** Each check that ran in Actions needs one call for its attempt; this is the maximum per commit. */
const attemptsAskedMax = 30;
const attemptsKeptMax = 10_000;

const runsSchema = z.looseObject({ check_runs: z.array(runSchema) });
const combinedSchema = z.looseObject({ statuses: z.array(statusSchema) });
const testMergeSchema = z.array(
  z.looseObject({
    state: z.string(),
    merge_commit_sha: z.string().nullish(),
    head: z.looseObject({ sha: z.string() }),
  }),
);
const jobSchema = z.looseObject({
  run_id: z.number(),
  run_attempt: z.number().int().positive().catch(1),
  steps: z.array(z.looseObject({ name: z.string(), conclusion: z.string().nullish() })).nullish(),
});
const workflowRunSchema = z.looseObject({
  status: z.string().nullish(),
  run_attempt: z.number().int().positive().catch(1),
});
const annotationsSchema = z.array(
  z.looseObject({
    path: z.string().nullish(),
    start_line: z.number().nullish(),
    annotation_level: z.string().nullish(),
    message: z.string().nullish(),
  }),
);

export interface Checks {
  read(of: { sha: string; baseBranch: string }, signal?: AbortSignal): Promise<ChecksReport>;
  log(check: Check, signal?: AbortSignal): Promise<LogTail | null>;
  rerun(check: Check, signal?: AbortSignal): Promise<'started' | 'refused'>;
}

/** `attempts` caches which attempt a job belongs to, because that never changes. */
export function createChecks(api: GitHubApi, attempts: Map<number, number> = new Map()): Checks {
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
      await learnAttempts(api, runs, attempts, signal);
      const required = await requiredChecks(api, baseBranch, signal);
      return verdictOf(sha, { runs, statuses, required }, ({ id }) => attempts.get(id) ?? 1);
    },
    log: async (check, signal) => {
      const id = runIdOf(check);
      if (id === null) return null;
      const job = await findJob(api, id, signal);
      if (job === null) return annotationsOf(api, id, signal);
      const failedStep = job.steps?.find(({ conclusion }) => conclusion === 'failure')?.name ?? null;
      const reply = await api.call({
        ...{ method: 'GET', path: `/actions/jobs/${id}/logs`, tailBytes: logBytesMax, signal },
        answers: [404, 410],
      });
      if (reply.status !== 200 || typeof reply.body !== 'string') return null;
      return { ...readableLog(reply.body, logBytesMax, reply.isCut), failedStep };
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

/** A check run of Actions has the number of its job. */
async function learnAttempts(
  api: GitHubApi,
  runs: readonly CheckRun[],
  attempts: Map<number, number>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const asked = runs.filter(
    ({ id, app, status }) => app?.slug === actions && status === 'completed' && !attempts.has(id),
  );
  for (const { id } of asked.slice(0, attemptsAskedMax)) {
    const job = await findJob(api, id, signal);
    attempts.set(id, job?.run_attempt ?? 1);
    const [oldest] = attempts.keys();
    if (attempts.size > attemptsKeptMax && oldest !== undefined) attempts.delete(oldest);
  }
}

/** Null for a check of another App, or if the account may not read Actions. */
async function findJob(api: GitHubApi, id: number, signal: AbortSignal | undefined) {
  const path = `/actions/jobs/${id}`;
  const reply = await api.call({ method: 'GET', path, answers: [403, 404], canWait: true, signal });
  return reply.status === 200 ? readReply(reply, jobSchema) : null;
}

/** The annotations of another App, used instead of a log. */
async function annotationsOf(
  api: GitHubApi,
  id: number,
  signal: AbortSignal | undefined,
): Promise<LogTail | null> {
  const path = `/check-runs/${id}/annotations`;
  const reply = await api.call({
    ...{ method: 'GET', path, query: { per_page: 100 }, signal },
    answers: [403, 404],
  });
  const found = reply.status === 200 ? readReply(reply, annotationsSchema) : [];
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
