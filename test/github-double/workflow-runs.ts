import { describeMinimalPull, pullsOfSha } from './check-runs.ts';
import { describeRepository, describeUser, iso } from './describe.ts';
import type { CheckRun, Conclusion, Repository, WorkflowRun } from './state.ts';
import type { World } from './world.ts';

/** The state of a run is that of its jobs. */
export function stateOfRun(
  repository: Repository,
  run: WorkflowRun,
): { status: CheckRun['status']; conclusion: Conclusion | null } {
  if (run.isHeld) return { status: 'completed', conclusion: 'action_required' };
  const all = repository.checkRuns.filter(({ job }) => job?.runId === run.id);
  const jobs = [...new Map(all.map((job) => [job.name, job])).values()];
  if (!jobs.every(({ status }) => status === 'completed')) {
    return {
      status: jobs.every(({ status }) => status === 'queued') ? 'queued' : 'in_progress',
      conclusion: null,
    };
  }
  const worst = (['failure', 'timed_out', 'cancelled'] as const).find((each) =>
    jobs.some((job) => job.conclusion === each),
  );
  return {
    status: 'completed',
    conclusion: worst ?? (jobs.every((job) => job.conclusion === 'skipped') ? 'skipped' : 'success'),
  };
}

export function describeRun(world: World, repository: Repository, run: WorkflowRun) {
  const { id, name, path, event, headBranch, sha, attempt, actor, suiteId } = run;
  const api = `${world.api}/repos/${repository.fullName}/actions/runs/${id}`;
  const html = `${world.url}/${repository.fullName}/actions/runs/${id}`;
  const user = describeUser(world, actor);
  return {
    id,
    name,
    path,
    event,
    head_branch: headBranch,
    head_sha: sha,
    run_attempt: attempt,
    run_number: id,
    workflow_id: 1,
    check_suite_id: suiteId,
    ...stateOfRun(repository, run),
    display_title: name,
    node_id: `WFR_${id}`,
    url: api,
    html_url: html,
    jobs_url: `${api}/jobs`,
    logs_url: `${api}/logs`,
    rerun_url: `${api}/rerun`,
    cancel_url: `${api}/cancel`,
    artifacts_url: `${api}/artifacts`,
    workflow_url: `${api}/workflow`,
    previous_attempt_url: null,
    check_suite_url: `${world.api}/repos/${repository.fullName}/check-suites/${suiteId}`,
    pull_requests: pullsOfSha(repository, sha).map((pull) => describeMinimalPull(world, repository, pull)),
    actor: user,
    triggering_actor: user,
    created_at: iso(run.createdAt),
    updated_at: iso(run.updatedAt),
    run_started_at: iso(run.createdAt),
    repository: describeRepository(world, repository),
    head_repository: describeRepository(world, repository),
    head_commit: headCommit(sha, actor.login, iso(run.createdAt)),
  };
}

function headCommit(sha: string, login: string, timestamp: string) {
  const by = { name: login, email: `${login}@users.noreply.github.com` };
  return { id: sha, tree_id: sha, message: '', timestamp, author: by, committer: by };
}

export function describeJob(world: World, repository: Repository, run: WorkflowRun, check: CheckRun) {
  const { id, name, status, conclusion, job, startedAt, completedAt } = check;
  const api = `${world.api}/repos/${repository.fullName}`;
  const at = { started_at: iso(startedAt), completed_at: completedAt && iso(completedAt) };
  const step = (named: string, number: number, ended: Conclusion | null) => ({
    name: named,
    number,
    status,
    conclusion: ended,
    ...at,
  });
  const failed = job?.failedStep;
  return {
    id,
    name,
    status,
    conclusion,
    run_id: run.id,
    run_attempt: job?.attempt ?? 1,
    head_sha: check.sha,
    head_branch: run.headBranch,
    node_id: `J_${id}`,
    url: `${api}/actions/jobs/${id}`,
    run_url: `${api}/actions/runs/${run.id}`,
    html_url: `${world.url}/${repository.fullName}/actions/runs/${run.id}/job/${id}`,
    check_run_url: `${api}/check-runs/${id}`,
    workflow_name: run.name,
    created_at: iso(startedAt),
    ...at,
    steps: job?.hasRunner
      ? [step('Set up job', 1, conclusion && 'success'), ...(failed ? [step(failed, 2, 'failure')] : [])]
      : [],
    labels: ['ubuntu-latest'],
    ...(job?.hasRunner
      ? { runner_id: 1, runner_name: 'runner', runner_group_id: 1, runner_group_name: 'GitHub Actions' }
      : { runner_id: 0, runner_name: '', runner_group_id: 0, runner_group_name: '' }),
  };
}

export function notifyOfRun(world: World, repository: Repository, run: WorkflowRun, action: string): void {
  world.tell(repository, 'workflow_run', action, run.actor, () => ({
    workflow_run: describeRun(world, repository, run),
    workflow: { id: 1, name: run.name, path: run.path, state: 'active', node_id: 'W_1' },
  }));
}

export function notifyOfJob(
  world: World,
  repository: Repository,
  run: WorkflowRun,
  check: CheckRun,
  action: string,
): void {
  world.tell(repository, 'workflow_job', action, run.actor, () => ({
    workflow_job: describeJob(world, repository, run, check),
  }));
}
