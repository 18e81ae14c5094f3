// What GitHub says about the jobs behind check runs: the attempt, and why one did not run, or not to its end, for a
// reason outside the change. A completed job never changes, so each is asked about once.
import { z } from 'zod';
import { isOfBot, looksLikeTest } from '../../domain/forge/check-kind.ts';
import type { Obstacle } from '../../domain/forge/forge.ts';
import { obstacleIn } from '../../domain/forge/obstacle-words.ts';
import { readReply } from '../call-host.ts';
import type { GitHubApi } from './api.ts';
import type { CheckRun } from './check-run.ts';

/** The slug of the App that is GitHub Actions. */
const actions = 'github-actions';
/** Each check that ran in Actions needs one call for its job, and some that failed two more; per commit. */
const jobsAskedMax = 30;
const failuresAskedMax = 10;
const jobsKeptMax = 10_000;
/** A job that fails sooner, without a log, has not run. */
const beganSMin = 20;
/** A check of another program that fails sooner, and says nothing, has not run: others take a little longer. */
const beganElsewhereSMin = 5;

const jobSchema = z.looseObject({
  run_id: z.number(),
  run_attempt: z.number().int().positive().catch(1),
  workflow_name: z.string().nullish(),
  runner_id: z.number().nullish(),
  started_at: z.string().nullish(),
  completed_at: z.string().nullish(),
  steps: z.array(z.looseObject({ name: z.string(), conclusion: z.string().nullish() })).nullish(),
});
export type Job = z.infer<typeof jobSchema>;

const annotationsSchema = z.array(
  z.looseObject({
    path: z.string().nullish(),
    start_line: z.number().nullish(),
    annotation_level: z.string().nullish(),
    message: z.string().nullish(),
  }),
);
export type Annotation = z.infer<typeof annotationsSchema>[number];

/** What does not stand in the check run itself. */
export interface JobFacts {
  attempt: number;
  testsNothing: boolean;
  obstacle: Obstacle | null;
}
export const noFacts: JobFacts = { attempt: 1, testsNothing: false, obstacle: null };

/** Null for a check of another App, or if the account may not read Actions. */
export async function findJob(
  api: GitHubApi,
  id: number,
  signal: AbortSignal | undefined,
): Promise<Job | null> {
  const path = `/actions/jobs/${id}`;
  const reply = await api.call({ method: 'GET', path, answers: [403, 404], canWait: true, signal });
  return reply.status === 200 ? readReply(reply, jobSchema) : null;
}

export async function annotationsOf(
  api: GitHubApi,
  id: number,
  signal: AbortSignal | undefined,
): Promise<Annotation[]> {
  const path = `/check-runs/${id}/annotations`;
  const reply = await api.call({
    method: 'GET',
    path,
    query: { per_page: 100 },
    signal,
    answers: [403, 404],
  });
  return reply.status === 200 ? readReply(reply, annotationsSchema) : [];
}

export function failedStepOf({ steps }: Job): string | null {
  return steps?.find(({ conclusion }) => conclusion === 'failure')?.name ?? null;
}

export async function learnJobs(
  api: GitHubApi,
  runs: readonly CheckRun[],
  known: Map<number, JobFacts>,
  signal: AbortSignal | undefined,
): Promise<void> {
  let failures = 0;
  const asked = runs.filter(({ id, status }) => status === 'completed' && !known.has(id));
  for (const run of asked.slice(0, jobsAskedMax)) {
    const job = run.app?.slug === actions ? await findJob(api, run.id, signal) : null;
    const isAsked = hasFailed(run) && failures < failuresAskedMax;
    if (isAsked) failures += 1;
    known.set(run.id, {
      attempt: job?.run_attempt ?? 1,
      testsNothing: isOfBot(job?.workflow_name ?? '') && !looksLikeTest(run.name),
      obstacle: isAsked ? await obstacleOf(api, run, job, signal) : null,
    });
    const [oldest] = known.keys();
    if (known.size > jobsKeptMax && oldest !== undefined) known.delete(oldest);
  }
}

function hasFailed({ conclusion }: CheckRun): boolean {
  return conclusion === 'failure' || conclusion === 'cancelled' || conclusion === 'timed_out';
}

async function obstacleOf(
  api: GitHubApi,
  run: CheckRun,
  job: Job | null,
  signal: AbortSignal | undefined,
): Promise<Obstacle | null> {
  const { title, summary } = run.output ?? {};
  const marks = run.output?.annotations_count ? await annotationsOf(api, run.id, signal) : [];
  const said = [...marks.map(({ message }) => message), title, summary].filter(Boolean).join('\n');
  const found = obstacleIn(said);
  const hasFailedStep = job !== null && failedStepOf(job) !== null;
  // A step that failed may have printed such words itself.
  if (found) return hasFailedStep && found.kind !== 'runner lost' ? null : found;
  if (run.conclusion !== 'failure') return null;
  if (job === null) {
    const isSilent = said === '' && !run.output?.text && secondsOf(run) < beganElsewhereSMin;
    return isSilent ? { kind: 'no runner', said: 'the check failed within seconds and says nothing' } : null;
  }
  if (!job.runner_id && (job.steps ?? []).length === 0)
    return { kind: 'no runner', said: 'no runner took the job' };
  const hasLog = !(secondsOf(job) < beganSMin) || (await logOf(api, run.id, 1, signal)) !== null;
  return hasLog ? null : { kind: 'no runner', said: 'the job failed within seconds and has no log' };
}

/** NaN if the times are not known. */
function secondsOf({ started_at, completed_at }: Pick<Job, 'started_at' | 'completed_at'>): number {
  return (Date.parse(completed_at ?? '') - Date.parse(started_at ?? '')) / 1_000;
}

/** The end of a job's log; null if it has none. */
export async function logOf(
  api: GitHubApi,
  id: number,
  tailBytes: number,
  signal: AbortSignal | undefined,
): Promise<{ text: string; isCut: boolean } | null> {
  const path = `/actions/jobs/${id}/logs`;
  const reply = await api.call({ method: 'GET', path, tailBytes, answers: [403, 404, 410], signal });
  if (reply.status !== 200 || typeof reply.body !== 'string' || reply.body === '') return null;
  return { text: reply.body, isCut: reply.isCut };
}
