import {
  type Answer,
  actorOf,
  bodyOf,
  type Call,
  created,
  listed,
  numberIn,
  ok,
  page,
  type Routes,
  repositoryOf,
} from '../call.ts';
import { changeCheckRun, describeCheckRun, newCheckRun, notifyOfCheckRun } from '../check-runs.ts';
import { describeRepository, describeUser, iso } from '../describe.ts';
import { askedOfCommits } from '../git-side.ts';
import { notFound, Refusal, validationFailed } from '../refusal.ts';
import { newestCheckRuns, newestStatuses } from '../required-checks.ts';
import type { CheckRun, Conclusion, Repository, Status } from '../state.ts';
import type { World } from '../world.ts';
import { describeCommit } from './repositories.ts';

// https://docs.github.com/rest/checks/runs and …/rest/commits/statuses: two systems, and both count.

const repo = '/repos/{owner}/{repo}';

export const checkRoutes: Routes = {
  [`GET ${repo}/commits/{ref}/check-runs`]: listCheckRuns,
  [`POST ${repo}/check-runs`]: createCheckRun,
  [`GET ${repo}/check-runs/{check_run_id}`]: (call) =>
    ok(describeCheckRun(call.world, repositoryOf(call), checkRunIn(call))),
  [`PATCH ${repo}/check-runs/{check_run_id}`]: updateCheckRun,
  [`GET ${repo}/check-runs/{check_run_id}/annotations`]: listAnnotations,
  [`GET ${repo}/commits/{ref}/status`]: combinedStatus,
  [`GET ${repo}/commits/{ref}/statuses`]: listStatuses,
  [`POST ${repo}/statuses/{sha}`]: createStatus,
};

function shaIn(call: Call): string {
  const repository = repositoryOf(call);
  const ref = call.params.ref ?? call.params.sha ?? '';
  const branch = repository.heads.get(ref.replace(/^heads\//, ''));
  const asked = [`${branch ?? ref}^{commit}`];
  const sha = askedOfCommits(repository.path, ['rev-parse', '--verify', '--quiet'], asked, {
    isFinal: false,
  });
  if (sha === null) throw new Refusal(422, `No commit found for SHA: ${ref}`);
  return sha;
}

/** True while the test says that GitHub does not know of checks yet. */
function isLate(world: World): boolean {
  if (world.lies.hiddenChecks <= 0) return false;
  world.lies.hiddenChecks -= 1;
  return true;
}

function listCheckRuns(call: Call): Answer {
  const { world, query } = call;
  const [repository, sha] = [repositoryOf(call), shaIn(call)];
  const all = isLate(world) ? [] : repository.checkRuns.filter((run) => run.sha === sha);
  const found = (query.get('filter') === 'all' ? all : newestCheckRuns(all))
    .filter(({ name }) => !query.has('check_name') || name === query.get('check_name'))
    .filter(({ status }) => !query.has('status') || status === query.get('status'))
    .filter(({ appId }) => !query.has('app_id') || appId === Number(query.get('app_id')));
  const { items, headers } = page(call, found.toReversed());
  const body = {
    total_count: found.length,
    check_runs: items.map((run) => describeCheckRun(world, repository, run)),
  };
  return { status: 200, body, headers };
}

interface CheckRunRequest {
  name?: string;
  head_sha?: string;
  status?: CheckRun['status'];
  conclusion?: Conclusion;
  details_url?: string;
  output?: { title?: string; summary: string };
}

function createCheckRun(call: Call): Answer {
  const { world, token } = call;
  const repository = repositoryOf(call);
  const wish = bodyOf<CheckRunRequest>(call);
  const app = token?.installation?.app;
  const run = newCheckRun(world, repository, {
    name: wish.name ?? '',
    sha: wish.head_sha ?? '',
    appId: app?.id ?? 0,
    appSlug: app?.slug ?? '',
  });
  notifyOfCheckRun(world, repository, run, 'created', actorOf(call));
  changeCheckRun(world, repository, run, asChange(wish), actorOf(call));
  return created(describeCheckRun(world, repository, run));
}

const asChange = ({ status, conclusion, details_url: detailsUrl, output }: CheckRunRequest) => ({
  ...(status !== undefined && { status }),
  ...(conclusion !== undefined && { status: 'completed' as const, conclusion }),
  ...(detailsUrl !== undefined && { detailsUrl }),
  ...(output && { title: output.title ?? null, summary: output.summary }),
});

function checkRunIn(call: Call): CheckRun {
  const run = repositoryOf(call).checkRuns.find(({ id }) => id === numberIn(call, 'check_run_id'));
  if (!run) throw notFound();
  return run;
}

function updateCheckRun(call: Call): Answer {
  const [repository, run] = [repositoryOf(call), checkRunIn(call)];
  changeCheckRun(call.world, repository, run, asChange(bodyOf<CheckRunRequest>(call)), actorOf(call));
  return ok(describeCheckRun(call.world, repository, run));
}

function listAnnotations(call: Call): Answer {
  const { world } = call;
  const run = checkRunIn(call);
  return listed(call, run.annotations, ({ path, line, message }) => ({
    path,
    message,
    start_line: line,
    end_line: line,
    start_column: null,
    end_column: null,
    annotation_level: 'failure',
    title: null,
    raw_details: null,
    blob_href: `${world.url}/${path}`,
  }));
}

/** `pending` also where there are no statuses at all. */
function combinedStatus(call: Call): Answer {
  const { world } = call;
  const [repository, sha] = [repositoryOf(call), shaIn(call)];
  const statuses = isLate(world)
    ? []
    : newestStatuses(repository.statuses.filter((each) => each.sha === sha));
  const { items, headers } = page(call, statuses.toReversed());
  const api = `${world.api}/repos/${repository.fullName}`;
  const body = {
    state: combined(statuses),
    sha,
    total_count: statuses.length,
    url: `${api}/commits/${sha}/status`,
    commit_url: `${api}/commits/${sha}`,
    repository: describeRepository(world, repository),
    statuses: items.map((status) => describeSimpleStatus(world, repository, status)),
  };
  return { status: 200, body, headers };
}

function combined(statuses: readonly Status[]): 'failure' | 'pending' | 'success' {
  if (statuses.some(({ state }) => state === 'failure' || state === 'error')) return 'failure';
  return statuses.length === 0 || statuses.some(({ state }) => state === 'pending') ? 'pending' : 'success';
}

function listStatuses(call: Call): Answer {
  const [repository, sha] = [repositoryOf(call), shaIn(call)];
  const found = repository.statuses.filter((each) => each.sha === sha).toReversed();
  return listed(call, found, (status) => describeStatus(call.world, repository, status));
}

const targetUrlMax = 255;

function createStatus(call: Call): Answer {
  const { world } = call;
  const [repository, sha, creator] = [repositoryOf(call), shaIn(call), actorOf(call)];
  const wish = bodyOf<{
    state: Status['state'];
    context?: string;
    description?: string | null;
    target_url?: string | null;
  }>(call);
  const { context = 'default', description = null, target_url: targetUrl = null } = wish;
  if ((targetUrl ?? '').length > targetUrlMax) {
    throw validationFailed({
      resource: 'Status',
      code: 'custom',
      field: 'target_url',
      message: 'target_url is too long',
    });
  }
  const status = {
    id: world.nextId(),
    sha,
    context,
    state: wish.state,
    description,
    targetUrl,
    creator,
    createdAt: world.now(),
  };
  addStatus(world, repository, status);
  return created(describeStatus(world, repository, status));
}

export function addStatus(world: World, repository: Repository, status: Status): void {
  const { id, sha, context, state, description, targetUrl, creator, createdAt } = status;
  repository.statuses.push(status);
  const at = iso(createdAt);
  world.tell(repository, 'status', null, creator, () => ({
    id,
    sha,
    context,
    state,
    description,
    target_url: targetUrl,
    name: repository.fullName,
    created_at: at,
    updated_at: at,
    commit: describeCommit(world, repository, sha),
    branches: [...repository.heads]
      .filter(([, head]) => head === sha)
      .map(([name]) => ({
        name,
        protected: false,
        commit: { sha, url: `${world.api}/repos/${repository.fullName}/commits/${sha}` },
      })),
  }));
}

function describeSimpleStatus(world: World, repository: Repository, status: Status) {
  const { id, sha, context, state, description, targetUrl } = status;
  const at = iso(status.createdAt);
  return {
    id,
    context,
    state,
    description,
    target_url: targetUrl,
    node_id: `SC_${id}`,
    created_at: at,
    updated_at: at,
    url: `${world.api}/repos/${repository.fullName}/statuses/${sha}`,
    avatar_url: null,
  };
}

function describeStatus(world: World, repository: Repository, status: Status) {
  return { ...describeSimpleStatus(world, repository, status), creator: describeUser(world, status.creator) };
}
