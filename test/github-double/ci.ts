import { actionsApp, changeCheckRun, newCheckRun, notifyOfCheckRun } from './check-runs.ts';
import { settle } from './merge.ts';
import { addStatus } from './routes/checks.ts';
import type { CheckRun, Conclusion, Job, Repository, Status, User, WorkflowRun } from './state.ts';
import { notifyOfJob, notifyOfRun } from './workflow-runs.ts';
import type { World } from './world.ts';

// What CI does: statuses of any program, check runs of Apps, workflow runs of Actions. Nothing is executed:
// the test supplies the results.

export interface CheckRequest {
  status?: CheckRun['status'];
  /** Completes it. */
  conclusion?: Conclusion;
  title?: string;
  summary?: string;
  app?: { id: number; slug: string };
  annotations?: CheckRun['annotations'];
}

export interface RunRequest {
  name?: string;
  event?: string;
  headBranch?: string;
}

const ciUser = (world: World): User => {
  const login = 'github-actions[bot]';
  const user: User = world.users.get(login) ?? { id: world.nextId(), login, type: 'Bot' };
  world.users.set(login, user);
  return user;
};

export function reportStatus(
  world: World,
  repository: Repository,
  {
    sha,
    context,
    state,
    description = null,
  }: { sha: string; context: string; state: Status['state']; description?: string | null | undefined },
): void {
  const status = {
    id: world.nextId(),
    sha,
    context,
    state,
    description,
    targetUrl: `https://ci.invalid/${context}`,
  };
  addStatus(world, repository, { ...status, creator: ciUser(world), createdAt: world.now() });
  settle(world, repository);
}

/** A new check run, or the next state of the newest of this name. One that was completed is followed by a new one. */
export function reportCheck(
  world: World,
  repository: Repository,
  sha: string,
  name: string,
  wish: CheckRequest = {},
): CheckRun {
  const app = wish.app ?? { id: 4_711, slug: 'some-ci' };
  const newest = repository.checkRuns.findLast(
    (run) => run.sha === sha && run.name === name && run.appId === app.id,
  );
  const isNew = newest === undefined || newest.status === 'completed';
  const run = isNew
    ? newCheckRun(world, repository, { name, sha, appId: app.id, appSlug: app.slug })
    : newest;
  if (isNew) notifyOfCheckRun(world, repository, run, 'created', ciUser(world));
  changeCheckRun(world, repository, run, changeOf(wish), ciUser(world));
  return run;
}

function changeOf({ status, conclusion, title, summary, annotations }: CheckRequest): Partial<CheckRun> {
  return {
    ...(status && { status }),
    ...(conclusion && { status: 'completed', conclusion }),
    ...(title !== undefined && { title }),
    ...(summary !== undefined && { summary }),
    ...(annotations && { annotations }),
  };
}

/** A workflow run with queued jobs, each of which is a check run too. */
export function startRun(
  world: World,
  repository: Repository,
  sha: string,
  jobs: readonly string[],
  wish: RunRequest = {},
): WorkflowRun {
  const actor = ciUser(world);
  const headBranch = wish.headBranch ?? [...repository.heads].find(([, head]) => head === sha)?.[0] ?? '';
  const { name = 'CI', event = 'pull_request' } = wish;
  const run: WorkflowRun = {
    id: world.nextId(),
    suiteId: world.nextId(),
    name,
    path: '.github/workflows/ci.yml',
    event,
    headBranch,
    sha,
    attempt: 1,
    actor,
    createdAt: world.now(),
    updatedAt: world.now(),
  };
  repository.runs.push(run);
  notifyOfRun(world, repository, run, 'requested');
  for (const job of jobs) addJob(world, repository, run, job);
  return run;
}

export function addJob(world: World, repository: Repository, run: WorkflowRun, name: string): CheckRun {
  const job: Job = { runId: run.id, attempt: run.attempt, log: null, failedStep: null, hasRunner: true };
  const app = { appId: actionsApp.id, appSlug: actionsApp.slug };
  const check = newCheckRun(world, repository, { name, sha: run.sha, ...app, suiteId: run.suiteId, job });
  notifyOfCheckRun(world, repository, check, 'created', run.actor);
  notifyOfJob(world, repository, run, check, 'queued');
  return check;
}

export function reportJob(
  world: World,
  repository: Repository,
  run: WorkflowRun,
  name: string,
  {
    log,
    failedStep,
    hasRunner,
    ...wish
  }: CheckRequest & Partial<Pick<Job, 'log' | 'failedStep' | 'hasRunner'>>,
): CheckRun {
  const check = repository.checkRuns.findLast((each) => each.job?.runId === run.id && each.name === name);
  if (!check?.job) throw new Error(`${run.name} has no job ${name}`);
  if (log !== undefined) check.job.log = log;
  if (failedStep !== undefined) check.job.failedStep = failedStep;
  if (hasRunner !== undefined) check.job.hasRunner = hasRunner;
  run.updatedAt = world.now();
  changeCheckRun(world, repository, check, changeOf(wish), run.actor);
  notifyOfJob(world, repository, run, check, check.status);
  const jobs = newestJobs(repository, run);
  if (jobs.every(({ status }) => status === 'completed')) notifyOfRun(world, repository, run, 'completed');
  else if (check.status === 'in_progress') notifyOfRun(world, repository, run, 'in_progress');
  return check;
}

/** The newest attempt of each job. */
export function newestJobs(repository: Repository, run: WorkflowRun): CheckRun[] {
  const jobs = repository.checkRuns.filter(({ job }) => job?.runId === run.id);
  return [...new Map(jobs.map((job) => [job.name, job])).values()];
}
