// For tests: a whole Moose beside a real Gitea, whose CI says what the test decides.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Script } from '../../src/demo/scripted-answer.ts';
import { sleep } from '../../src/stdx/async/sleep.ts';
import { keepForgeHost } from '../../src/store/work/pull-requests/forge-hosts.ts';
import { type Gitea, type GiteaPerson, startGitea } from '../forges/gitea.fixture.ts';
import {
  type GiteaRunner,
  startGiteaRunner,
  type TakenJob,
  workflowOf,
} from '../forges/gitea-runner.fixture.ts';
import { eventually } from './eventually.fixture.ts';
import { type Ground, openGround } from './ground.fixture.ts';
import { git, makeRepository } from './repository.fixture.ts';

export interface CiGround {
  ground: Ground;
  gitea: Gitea;
  runner: GiteaRunner;
  /**
   * Returns the next job of this repository; null if none begins. Jobs of other repositories are kept for the tests that
   * wait for them.
   */
  nextJob(path: string, withinMs: number): Promise<TakenJob | null>;
  /** Makes a repository on Gitea, with or without a workflow or with these files, and checks it out. */
  repository(given?: {
    jobs?: readonly string[];
    files?: Record<string, string>;
    writers?: readonly GiteaPerson[];
  }): Promise<OnGitea>;
  /** Submits a work order in a new repository on Gitea, with or without a workflow. */
  submit(given: {
    title: string;
    answer: Script;
    jobs?: readonly string[];
    merge?: 'never' | 'green' | 'approved';
  }): Promise<OnGitea & { id: string }>;
  /** Makes looks at pull requests due, as webhooks would. */
  hint(): Promise<void>;
  pulls(path: string): Promise<PullOnGitea[]>;
  close(): Promise<void>;
}

interface OnGitea {
  path: string;
  repositoryPath: string;
  pushUrl: string;
}

interface PullOnGitea {
  number: number;
  state: string;
  merged: boolean;
  head: { ref: string; sha: string };
}

export async function openCiGround(
  options: { works?: boolean; env?: Record<string, string> } = {},
): Promise<CiGround> {
  const gitea = await startGitea();
  const ground = await openGround({ ...options.env }, { works: options.works ?? true });
  const { database, mooseFor } = ground.opened;
  const tokenPath = join(ground.directory, 'token');
  await writeFile(tokenPath, gitea.admin.token, { mode: 0o600 });
  await keepForgeHost(database.query, {
    host: gitea.host,
    kind: 'gitea',
    apiUrl: `${gitea.url}/api/v1`,
    createdBy: 'human:ada',
    credential: JSON.stringify({ source: 'file', path: tokenPath }),
    webhookSecret: null,
  });
  const runner = await startGiteaRunner(gitea);
  const takenJobs: TakenJob[] = [];
  const nextJob: CiGround['nextJob'] = async (path, withinMs) => {
    const until = Date.now() + withinMs;
    while (Date.now() < until) {
      const at = takenJobs.findIndex(({ repository }) => repository === path);
      const [kept] = at < 0 ? [] : takenJobs.splice(at, 1);
      if (kept) return kept;
      const job = await runner.take();
      if (job) takenJobs.push(job);
      else await sleep(lookEveryMs);
    }
    return null;
  };
  let count = 0;
  const repository: CiGround['repository'] = async ({ jobs = ['build'], files, writers = [] } = {}) => {
    count += 1;
    const number = count;
    const repositoryPath = join(ground.directory, 'on-gitea', String(number));
    const workflow: Record<string, string> =
      jobs.length === 0 ? {} : { '.gitea/workflows/ci.yaml': workflowOf(jobs) };
    await makeRepository(repositoryPath, files ?? { 'greeting.txt': 'Hello\n', ...workflow });
    const from = { name: `api-${number}`, from: repositoryPath, writers };
    const { path, pushUrl } = await gitea.addRepository(from);
    await git(repositoryPath, 'remote', 'add', 'origin', pushUrl);
    return { path, pushUrl, repositoryPath };
  };
  return {
    ground,
    gitea,
    runner,
    nextJob,
    repository,
    submit: async ({ title, answer, merge, ...given }) => {
      const made = await repository(given);
      const { id } = await ground.submit({ title, answer, repositoryPath: made.repositoryPath });
      if (merge) {
        const moose = mooseFor('human:ada');
        const { projectId } = await moose.find(id);
        await moose.projects.change(projectId, { merge });
      }
      return { id, ...made };
    },
    hint: () => hintAt(ground),
    pulls: async (path) => (await gitea.api('GET', `/repos/${path}/pulls?state=all`)).body,
    close: async () => {
      await ground.close();
      await gitea.stop();
    },
  };
}

/** Makes the polls of pull requests and issues due, as webhooks would. */
export async function hintAt({ opened: { database } }: Ground): Promise<void> {
  const due = { nextLookAt: new Date(0) };
  const followed = database.query.updateTable('pullRequests').set(due);
  await followed.where('nextLookAt', 'is not', null).execute();
  await database.query.updateTable('forgeIntakes').set(due).execute();
  const issues = database.query.updateTable('forgeIssues').set(due);
  await issues.where('nextLookAt', 'is not', null).execute();
}

const minuteMs = 60_000;
const lookEveryMs = 100;
const jobMs = 5_000;
const hintEveryMs = 500;
const lastEventsMax = 20;

/** Looks again and again until this holds. */
export async function until(
  ci: CiGround,
  holds: () => Promise<boolean>,
  withinMs = 4 * minuteMs,
): Promise<void> {
  // Each hint makes Moose ask Gitea about every pull request.
  const hinting = setInterval(() => void ci.hint().catch(() => undefined), hintEveryMs);
  try {
    await ci.hint();
    await eventually(async () => {
      if (!(await holds())) throw new Error('Not yet');
    }, withinMs);
  } catch (cause) {
    const orders = await ci.ground.opened.moose.list({ limit: 5 });
    const told = orders.map(({ title, explain }) => `${title}: ${explain}`).join('\n');
    const logged = ci.gitea.errors();
    throw new Error(`Not within ${withinMs} ms: ${told}\nErrors of Gitea: ${logged}`, { cause });
  } finally {
    clearInterval(hinting);
  }
}

/** What happened to a work order lately, for the message of a test that fails. */
async function lastEvents({ ground }: CiGround, id: string): Promise<string> {
  const { moose } = ground.opened;
  const { items } = await moose.workOrders.events(id, { limit: 1_000 });
  const lines = items.slice(-lastEventsMax).map(({ at, kind, reason }) => `${at} ${kind} ${reason}`);
  return lines.join('\n');
}

/** Returns the work order's next job for another commit: a job for the old commit may still be in the queue. */
export async function waitForJob(
  ci: CiGround,
  { path, id }: { path: string; id: string },
  oldSha: string,
): Promise<TakenJob> {
  const untilMs = Date.now() + 5 * minuteMs;
  const looking = setInterval(() => void ci.hint().catch(() => undefined), 2 * hintEveryMs);
  try {
    for (;;) {
      const job = await ci.nextJob(path, jobMs);
      if (job && job.sha !== oldSha) return job;
      await job?.end('cancelled');
      // No job begins for work that has ended, or that waits for a person.
      const { status, explain } = await ci.ground.opened.moose.view(id);
      const isAtWork = status === 'pending' || status === 'in_progress';
      if (!isAtWork || Date.now() > untilMs)
        throw new Error(`No job began: ${status}, ${explain}\n${await lastEvents(ci, id)}`);
    }
  } finally {
    clearInterval(looking);
  }
}
