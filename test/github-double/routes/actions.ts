import { randomUUID } from 'node:crypto';
import { type Answer, type Call, created, numberIn, ok, page, type Routes, repositoryOf } from '../call.ts';
import { addJob, newestJobs } from '../ci.ts';
import { forbidden, notFound, Refusal } from '../refusal.ts';
import type { CheckRun, Repository, WorkflowRun } from '../state.ts';
import { describeJob, describeRun, notifyOfRun, stateOfRun } from '../workflow-runs.ts';

// https://docs.github.com/rest/actions/workflow-runs, …/rest/actions/workflow-jobs

const repo = '/repos/{owner}/{repo}/actions';

export const actionRoutes: Routes = {
  [`GET ${repo}/runs`]: listRuns,
  [`GET ${repo}/runs/{run_id}`]: (call) => ok(describeRun(call.world, repositoryOf(call), runIn(call))),
  [`GET ${repo}/runs/{run_id}/jobs`]: listJobs,
  [`GET ${repo}/jobs/{job_id}`]: getJob,
  [`GET ${repo}/jobs/{job_id}/logs`]: getLog,
  [`POST ${repo}/runs/{run_id}/rerun-failed-jobs`]: (call) => rerun(call, runIn(call), isFailed),
  [`POST ${repo}/runs/{run_id}/rerun`]: (call) => rerun(call, runIn(call), () => true),
  [`POST ${repo}/jobs/{job_id}/rerun`]: (call) => {
    const { run, check } = jobIn(call);
    return rerun(call, run, ({ name }) => name === check.name);
  },
};

function listRuns(call: Call): Answer {
  const { world, query } = call;
  const repository = repositoryOf(call);
  const found = repository.runs
    .filter(({ sha }) => !query.has('head_sha') || sha === query.get('head_sha'))
    .filter(({ headBranch }) => !query.has('branch') || headBranch === query.get('branch'))
    .filter(({ event }) => !query.has('event') || event === query.get('event'))
    .filter(
      (run) =>
        !query.has('status') ||
        Object.values(stateOfRun(repository, run)).includes(query.get('status') as never),
    );
  const { items, headers } = page(call, found.toReversed());
  const body = {
    total_count: found.length,
    workflow_runs: items.map((run) => describeRun(world, repository, run)),
  };
  return { status: 200, body, headers };
}

function runIn(call: Call): WorkflowRun {
  const run = repositoryOf(call).runs.find(({ id }) => id === numberIn(call, 'run_id'));
  if (!run) throw notFound();
  return run;
}

function jobIn(call: Call): { run: WorkflowRun; check: CheckRun } {
  const repository = repositoryOf(call);
  const check = repository.checkRuns.find(({ id, job }) => job !== null && id === numberIn(call, 'job_id'));
  const run = repository.runs.find(({ id }) => id === check?.job?.runId);
  if (!check || !run) throw notFound();
  return { run, check };
}

function listJobs(call: Call): Answer {
  const { world, query } = call;
  const [repository, run] = [repositoryOf(call), runIn(call)];
  const all = repository.checkRuns.filter(({ job }) => job?.runId === run.id);
  const found = query.get('filter') === 'all' ? all : newestJobs(repository, run);
  const { items, headers } = page(call, found);
  const body = {
    total_count: found.length,
    jobs: items.map((check) => describeJob(world, repository, run, check)),
  };
  return { status: 200, body, headers };
}

function getJob(call: Call): Answer {
  const { run, check } = jobIn(call);
  return ok(describeJob(call.world, repositoryOf(call), run, check));
}

const linkLifeMs = 60_000;

/** A link to another host, valid for a minute. Jobs that are running, or ended long ago, have none. */
function getLog(call: Call): Answer {
  const { world } = call;
  const { check } = jobIn(call);
  const log = check.job?.log ?? null;
  if (check.status !== 'completed' || log === null) throw notFound();
  const key = randomUUID();
  world.links.set(key, { text: log, expiresAt: new Date(world.now().getTime() + linkLifeMs) });
  return { status: 302, headers: { location: `${world.logs}/log/${key}?sig=${randomUUID()}` } };
}

const isFailed = ({ conclusion }: CheckRun) => /failure|timed_out|cancelled/.test(conclusion ?? '');

const rerunsMax = 50;
const rerunDaysMax = 30;

/** The chosen jobs get a further attempt, as new check runs; the others stay. */
function rerun(call: Call, run: WorkflowRun, isChosen: (job: CheckRun) => boolean): Answer {
  const { world } = call;
  const repository: Repository = repositoryOf(call);
  if (stateOfRun(repository, run).status !== 'completed') throw forbidden('This workflow is already running');
  const isOld = world.now().getTime() - run.createdAt.getTime() > rerunDaysMax * 86_400_000;
  const chosen = newestJobs(repository, run).filter(isChosen);
  if (isOld || run.attempt > rerunsMax) throw forbidden('This workflow run cannot be retried');
  if (chosen.length === 0) throw new Refusal(403, 'This workflow run cannot be retried');
  run.attempt += 1;
  run.updatedAt = world.now();
  for (const { name } of chosen) addJob(world, repository, run, name);
  notifyOfRun(world, repository, run, 'requested');
  return created({});
}
