// A runner of Gitea Actions that executes nothing: the test decides what CI says. Gitea itself starts the runs, keeps
// the logs, sets the statuses and calls the webhooks.
import { sleep } from '../../src/stdx/async/sleep.ts';
import { expectStatus, type Gitea } from './gitea.fixture.ts';

export type JobResult = 'success' | 'failure' | 'cancelled' | 'skipped';

export interface TakenJob {
  /** The key of the job in its workflow. */
  job: string;
  /** `admin/NAME` */
  repository: string;
  sha: string;
  headBranch: string;
  /** The id of the workflow run, and which attempt of the job it is. */
  runId: number;
  attempt: number;
  /** The job ends; steps without a result of their own passed, and the last one failed if the job did. */
  end(result: JobResult, log?: string | readonly string[]): Promise<void>;
}

export interface GiteaRunner {
  /** Takes a waiting job, which is then in progress; null if there is none. */
  take(): Promise<TakenJob | null>;
  /** Waits for the next job, which is then in progress. */
  next(withinMs?: number): Promise<TakenJob>;
  /** Ends each job with the requested result, until the signal is aborted. */
  decide(
    how: (job: TakenJob) => { result: JobResult; log?: string | readonly string[] },
    signal: AbortSignal,
  ): Promise<void>;
}

const nextMsMax = 60_000;
const lookEveryMs = 100;

/** It takes jobs that run on the label `host`. */
export async function startGiteaRunner(gitea: Gitea): Promise<GiteaRunner> {
  const registration = await gitea.api('POST', '/admin/actions/runners/registration-token');
  const { token } = expectStatus(registration, 200);
  const call = async (what: string, body: unknown, runner?: { uuid: string; token: string }) => {
    const response = await fetch(`${gitea.url}/api/actions/runner.v1.RunnerService/${what}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(runner && { 'x-runner-uuid': runner.uuid, 'x-runner-token': runner.token }),
      },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`The runner's ${what} was answered with ${response.status}: ${text}`);
    return JSON.parse(text);
  };
  const labels = ['host'];
  const wished = { name: 'tests', token, version: 'tests', labels };
  const { runner } = await call('Register', wished);
  await call('Declare', { version: 'tests', labels }, runner);

  // The version 0 makes Gitea look for a job each time.
  const fetchTask = async () => (await call('FetchTask', { tasksVersion: '0' }, runner)).task;
  const taken = (task: Record<string, unknown>): TakenJob => {
    const context = task.context as Record<string, string>;
    return {
      job: context.job ?? '',
      repository: context.repository ?? '',
      sha: context.sha ?? '',
      headBranch: context.head_ref ?? '',
      runId: Number(context.run_id),
      attempt: Number(context.run_attempt),
      end: async (result, log = []) => {
        const time = new Date().toISOString();
        const lines = typeof log === 'string' ? log.split('\n') : log;
        const rows = lines.map((content) => ({ time, content }));
        await call('UpdateLog', { taskId: task.id, index: '0', rows, noMore: true }, runner);
        const state = {
          id: task.id,
          result: `RESULT_${result.toUpperCase()}`,
          startedAt: time,
          stoppedAt: time,
          steps: [
            {
              id: '0',
              result: `RESULT_${result.toUpperCase()}`,
              startedAt: time,
              stoppedAt: time,
              logIndex: '0',
              logLength: String(rows.length),
            },
          ],
        };
        await call('UpdateTask', { state }, runner);
      },
    };
  };
  const take: GiteaRunner['take'] = async () => {
    const task = await fetchTask();
    return task ? taken(task) : null;
  };
  const next: GiteaRunner['next'] = async (withinMs = nextMsMax) => {
    const until = Date.now() + withinMs;
    while (Date.now() < until) {
      const job = await take();
      if (job) return job;
      await sleep(lookEveryMs);
    }
    throw new Error(`Gitea had no job for its runner within ${withinMs} ms.`);
  };
  return {
    take,
    next,
    decide: async (how, signal) => {
      while (!signal.aborted) {
        const job = await take();
        if (!job) {
          await sleep(lookEveryMs);
          continue;
        }
        const { result, log } = how(job);
        await job.end(result, log);
      }
    },
  };
}

/** A workflow with one job for each name, for each pull request: `.gitea/workflows/ci.yaml`. */
export function workflowOf(jobs: readonly string[] = ['build']): string {
  const job = (name: string) =>
    `  ${name}:\n    runs-on: host\n    steps:\n      - name: Test\n        run: npm test\n`;
  return `name: CI\non: [pull_request]\njobs:\n${jobs.map(job).join('')}`;
}
