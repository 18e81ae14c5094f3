// Jobs of Gitea Actions: their check's attempts, their logs, and reruns. A forge without this API (Forgejo, Gitea
// before 1.24) only has statuses.
import { z } from 'zod';
import type { Check, Obstacle } from '../../domain/forge/forge.ts';
import { type LogTail, logBytesMax } from '../../engine/ports/forge.ts';
import { readableLog } from '../log-tail.ts';
import { type GiteaApi, succeeded } from './api.ts';

const jobSchema = z.looseObject({
  id: z.number(),
  run_id: z.number(),
  name: z.string(),
  // 0 before its first attempt.
  run_attempt: z.number().catch(0),
  status: z.string().catch(''),
  conclusion: z.string().nullish(),
  html_url: z.string().nullish(),
  runner_id: z.number().nullish(),
  started_at: z.string().nullish(),
  completed_at: z.string().nullish(),
});
export type Job = z.infer<typeof jobSchema>;
const runSchema = z.looseObject({ id: z.number() });

const runsMax = 10;

/** The jobs of all runs of a commit. */
export async function jobsOf(api: GiteaApi, sha: string, signal?: AbortSignal): Promise<Job[]> {
  const query = { head_sha: sha };
  const listed = { path: '/actions/runs', query, pagesMax: 1, isOptional: true, signal };
  const runs = await api.list(listed, runSchema, 'workflow_runs');
  const jobs: Job[] = [];
  // One after the other, to keep the load on the forge low.
  for (const { id } of runs.slice(0, runsMax)) {
    const path = `/actions/runs/${id}/jobs`;
    jobs.push(...(await api.list({ path, signal, isOptional: true }, jobSchema, 'jobs')));
  }
  return jobs;
}

/** A job that waits to run again still has the number of its last attempt. */
export function attemptOf({ run_attempt, status }: Job): number {
  const isWaiting = status === 'queued' || status === 'waiting';
  return Math.max(1, isWaiting ? run_attempt + 1 : run_attempt);
}

/** A job that fails sooner, without a log, has not run. */
const beganSMin = 20;

/** Why a failed job says nothing about the change; null if it ran. */
export async function obstacleOf(api: GiteaApi, job: Job, signal?: AbortSignal): Promise<Obstacle | null> {
  if (job.conclusion !== 'failure') return null;
  if (job.runner_id === 0) return { kind: 'no runner', said: 'no runner took the job' };
  const seconds = (Date.parse(job.completed_at ?? '') - Date.parse(job.started_at ?? '')) / 1_000;
  if (!(seconds < beganSMin)) return null;
  const path = `/actions/jobs/${job.id}/logs`;
  const { status, body } = await api.call({ method: 'GET', path, tailBytes: 1, answers: [404], signal });
  const hasLog = status !== 404 && String(body ?? '') !== '';
  return hasLog ? null : { kind: 'no runner', said: 'the job failed within seconds and has no log' };
}

export function idOf(job: Job): string {
  return `job:${job.run_id}:${job.id}:${attemptOf(job)}`;
}

function placeOf({ id }: Check): { run: number; job: number; attempt: number } | null {
  const [, run, job, attempt] = /^job:(\d+):(\d+):(\d+)$/.exec(id) ?? [];
  if (run === undefined || job === undefined || attempt === undefined) return null;
  return { run: Number(run), job: Number(job), attempt: Number(attempt) };
}

export async function readLog(api: GiteaApi, check: Check, signal?: AbortSignal): Promise<LogTail | null> {
  const place = placeOf(check);
  if (!place) return null;
  // Gitea keeps the log of the newest attempt only.
  const job = await api.find(`/actions/jobs/${place.job}`, jobSchema, signal);
  if (!job || attemptOf(job) !== place.attempt) return null;
  const path = `/actions/jobs/${place.job}/logs`;
  const reply = await api.call({ method: 'GET', path, tailBytes: logBytesMax, answers: [404], signal });
  if (reply.status === 404) return null;
  const { text, isCut } = readableLog(String(succeeded(reply).body), logBytesMax, reply.isCut);
  return { text, isCut, failedStep: failedStepIn(text) };
}

/** Gitea gives every step the result of its job, but its runner writes which one failed. */
function failedStepIn(log: string): string | null {
  const lines = [...log.matchAll(/❌\s+Failure - (?:Main |Pre |Post )?(.+?)(?: \[[^\]]*\])?$/gm)];
  return lines.at(-1)?.[1]?.slice(0, 200) ?? null;
}

/** Reruns all failed jobs of the run: Gitea does not rerun one of them while another one runs. */
export async function rerun(
  api: GiteaApi,
  check: Check,
  signal?: AbortSignal,
): Promise<'started' | 'refused'> {
  const place = placeOf(check);
  if (!place) return 'refused';
  const job = await api.find(`/actions/jobs/${place.job}`, jobSchema, signal);
  if (!job) return 'refused';
  if (attemptOf(job) > place.attempt) return 'started';
  // Gitea accepts this request but starts nothing.
  if (!['failure', 'cancelled'].includes(job.conclusion ?? '')) return 'refused';
  const path = `/actions/runs/${place.run}/rerun-failed-jobs`;
  const reply = await api.call({ method: 'POST', path, answers: [400, 404], signal });
  return reply.status === 201 ? 'started' : 'refused';
}
