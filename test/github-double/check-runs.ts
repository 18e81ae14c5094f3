import { iso, issueOf } from './describe.ts';
import { settle } from './merge.ts';
import type { CheckRun, Pull, Repository, User } from './state.ts';
import type { World } from './world.ts';

/** GitHub Actions, which is an ordinary App. */
export const actionsApp = { id: 15_368, slug: 'github-actions' };

type AgentChoice = Pick<CheckRun, 'name' | 'sha' | 'appId' | 'appSlug'> &
  Partial<Pick<CheckRun, 'suiteId' | 'job'>>;

export function newCheckRun(world: World, repository: Repository, wish: AgentChoice): CheckRun {
  const run: CheckRun = {
    id: world.nextId(),
    suiteId: world.nextId(),
    status: 'queued',
    conclusion: null,
    job: null,
    title: null,
    summary: null,
    detailsUrl: null,
    annotations: [],
    startedAt: world.now(),
    completedAt: null,
    ...wish,
  };
  repository.checkRuns.push(run);
  return run;
}

export function changeCheckRun(
  world: World,
  repository: Repository,
  run: CheckRun,
  change: Partial<CheckRun>,
  by: User,
): void {
  const wasCompleted = run.status === 'completed';
  Object.assign(run, change);
  if (run.status !== 'completed') {
    run.conclusion = null;
    run.completedAt = null;
  } else if (!wasCompleted) {
    run.completedAt = world.now();
    notifyOfCheckRun(world, repository, run, 'completed', by);
    settle(world, repository);
  }
}

export function notifyOfCheckRun(
  world: World,
  repository: Repository,
  run: CheckRun,
  action: string,
  by: User,
): void {
  world.tell(repository, 'check_run', action, by, () => ({
    check_run: describeCheckRun(world, repository, run),
  }));
}

/** Open pull requests of this repository with the commit at their head; those of forks are never among them. */
export function pullsOfSha(repository: Repository, sha: string): Pull[] {
  const isOpen = (pull: Pull) => issueOf(repository, pull.number).state === 'open';
  return [...repository.pulls.values()].filter((pull) => pull.headSha === sha && isOpen(pull));
}

export function describeMinimalPull(world: World, repository: Repository, pull: Pull) {
  const url = `${world.api}/repos/${repository.fullName}`;
  const repo = { id: repository.id, name: repository.name, url };
  return {
    id: pull.id,
    number: pull.number,
    url: `${url}/pulls/${pull.number}`,
    head: { ref: pull.headBranch, sha: pull.headSha, repo },
    base: { ref: pull.baseBranch, sha: pull.baseSha, repo },
  };
}

export function describeCheckRun(world: World, repository: Repository, run: CheckRun) {
  const { id, name, sha, status, conclusion, title, summary, job } = run;
  const api = `${world.api}/repos/${repository.fullName}`;
  const page = `${world.url}/${repository.fullName}/${job ? `actions/runs/${job.runId}/job/${id}` : `runs/${id}`}`;
  return {
    id,
    name,
    status,
    conclusion,
    head_sha: sha,
    node_id: `CR_${id}`,
    external_id: '',
    url: `${api}/check-runs/${id}`,
    html_url: page,
    details_url: run.detailsUrl ?? page,
    started_at: iso(run.startedAt),
    completed_at: run.completedAt && iso(run.completedAt),
    output: {
      title,
      summary,
      text: null,
      annotations_count: run.annotations.length,
      annotations_url: `${api}/check-runs/${id}/annotations`,
    },
    check_suite: { id: run.suiteId },
    app: describeApp(world, { id: run.appId, slug: run.appSlug }),
    pull_requests: pullsOfSha(repository, sha).map((pull) => describeMinimalPull(world, repository, pull)),
  };
}

export function describeApp(world: World, { id, slug }: { id: number; slug: string }) {
  return {
    id,
    slug,
    name: slug,
    node_id: `A_${id}`,
    description: '',
    external_url: world.url,
    html_url: `${world.url}/apps/${slug}`,
    events: [],
    owner: describeOwnerOfApps(world),
  };
}

function describeOwnerOfApps(world: World) {
  const owner = { login: 'github', id: 9919, type: 'Organization', node_id: 'O_9919', site_admin: false };
  return {
    ...owner,
    avatar_url: `${world.url}/github.png`,
    gravatar_id: '',
    url: `${world.api}/users/github`,
    html_url: `${world.url}/github`,
  };
}
