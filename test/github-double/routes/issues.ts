import {
  type Answer,
  actorOf,
  bodyOf,
  type Call,
  created,
  listed,
  numberIn,
  ok,
  type Routes,
  repositoryOf,
} from '../call.ts';
import { describeComment, describeIssue, describeLabel, describeUser, iso } from '../describe.ts';
import { closePull } from '../notice-heads.ts';
import { notFound, refuseLongBody, validationFailed } from '../refusal.ts';
import type { Comment, Issue, Repository, User } from '../state.ts';
import type { World } from '../world.ts';
import { label } from './labels.ts';

// https://docs.github.com/rest/issues: each pull request is an issue too, and has its comments and labels there.

const repo = '/repos/{owner}/{repo}';

export const issueRoutes: Routes = {
  [`GET ${repo}/issues`]: list,
  [`POST ${repo}/issues`]: create,
  [`GET ${repo}/issues/{issue_number}`]: (call) =>
    ok(describeIssue(call.world, repositoryOf(call), issueIn(call))),
  [`PATCH ${repo}/issues/{issue_number}`]: update,
  [`GET ${repo}/issues/{issue_number}/comments`]: listComments,
  [`POST ${repo}/issues/{issue_number}/comments`]: comment,
  [`PATCH ${repo}/issues/comments/{comment_id}`]: editComment,
  [`GET ${repo}/issues/{issue_number}/events`]: listEvents,
};

export function issueIn(call: Call): Issue {
  const issue = repositoryOf(call).issues.get(numberIn(call, 'issue_number'));
  if (!issue) throw notFound();
  return issue;
}

export function newIssue(
  world: World,
  repository: Repository,
  wanted: { title: string; body: string | null; author: User },
): Issue {
  const at = world.now();
  const number = repository.issues.size + 1;
  const dates = { createdAt: at, updatedAt: at, closedAt: null };
  const issue: Issue = {
    id: world.nextId(),
    number,
    ...wanted,
    state: 'open',
    labels: [],
    events: [],
    ...dates,
    editedAt: null,
    isLocked: false,
  };
  repository.issues.set(number, issue);
  return issue;
}

/** Pull requests are among them. */
function list(call: Call): Answer {
  const { world, query } = call;
  const repository = repositoryOf(call);
  const state = query.get('state') ?? 'open';
  const labels = (query.get('labels') ?? '').split(',').filter((name) => name !== '');
  const since = Date.parse(query.get('since') ?? '1970-01-01T00:00:00Z');
  const at = query.get('sort') === 'updated' ? 'updatedAt' : 'createdAt';
  const direction = query.get('direction') === 'asc' ? 1 : -1;
  const has = (issue: Issue, name: string) =>
    issue.labels.some((own) => own.toLowerCase() === name.toLowerCase());
  const found = [...repository.issues.values()]
    .filter((issue) => state === 'all' || issue.state === state)
    .filter((issue) => labels.every((name) => has(issue, name)) && issue.updatedAt.getTime() >= since)
    .filter((issue) => !query.has('creator') || issue.author.login === query.get('creator'))
    .sort((a, b) => direction * (a[at].getTime() - b[at].getTime() || a.number - b.number));
  return listed(call, found, (issue) => describeIssue(world, repository, issue));
}

function create(call: Call): Answer {
  const { world } = call;
  const repository = repositoryOf(call);
  const wanted = bodyOf<{ title: string | number; body?: string; labels?: (string | { name: string })[] }>(
    call,
  );
  refuseLongBody('Issue', wanted.body);
  const author = actorOf(call);
  const issue = newIssue(world, repository, {
    title: String(wanted.title),
    body: wanted.body ?? null,
    author,
  });
  notifyOfIssue(world, repository, issue, 'opened', author);
  label(
    call,
    issue,
    (wanted.labels ?? []).map((each) => (typeof each === 'string' ? each : each.name)),
  );
  return created(describeIssue(world, repository, issue));
}

function update(call: Call): Answer {
  const { world } = call;
  const [repository, issue, by] = [repositoryOf(call), issueIn(call), actorOf(call)];
  const change = bodyOf<{ title?: string; body?: string; state?: 'open' | 'closed'; labels?: string[] }>(
    call,
  );
  refuseLongBody('Issue', change.body);
  if (change.title !== undefined && change.title !== issue.title) {
    issue.events.push({
      id: world.nextId(),
      actor: by,
      event: 'renamed',
      label: null,
      createdAt: world.now(),
    });
    issue.title = change.title;
  }
  if (change.body !== undefined && change.body !== issue.body) {
    issue.editedAt = world.now();
    issue.body = change.body;
  }
  if (change.labels) issue.labels = [];
  label(call, issue, change.labels ?? []);
  issue.updatedAt = world.now();
  const pull = repository.pulls.get(issue.number);
  if (change.state === 'closed' && issue.state === 'open' && pull) closePull(world, repository, pull, by);
  else if (change.state !== undefined && change.state !== issue.state) {
    issue.state = change.state;
    issue.closedAt = change.state === 'closed' ? world.now() : null;
    notifyOfIssue(world, repository, issue, change.state === 'closed' ? 'closed' : 'reopened', by);
  }
  return ok(describeIssue(world, repository, issue));
}

export function notifyOfIssue(
  world: World,
  repository: Repository,
  issue: Issue,
  action: string,
  by: User,
  more: object = {},
): void {
  world.tell(repository, 'issues', action, by, () => ({
    issue: describeIssue(world, repository, issue),
    ...more,
  }));
}

function listComments(call: Call): Answer {
  const { world, query } = call;
  const [repository, { number }] = [repositoryOf(call), issueIn(call)];
  const since = Date.parse(query.get('since') ?? '1970-01-01T00:00:00Z');
  const found = repository.comments.filter(
    (each) => each.issue === number && each.updatedAt.getTime() >= since,
  );
  return listed(call, found, (each) => describeComment(world, repository, each));
}

function comment(call: Call): Answer {
  const { world } = call;
  const [repository, issue, author] = [repositoryOf(call), issueIn(call), actorOf(call)];
  const { body } = bodyOf<{ body: string }>(call);
  refuseLongBody('IssueComment', body);
  if (body.trim() === '')
    throw validationFailed({ resource: 'IssueComment', field: 'body', code: 'missing_field' });
  const at = world.now();
  const made: Comment = {
    id: world.nextId(),
    issue: issue.number,
    author,
    body,
    createdAt: at,
    updatedAt: at,
  };
  repository.comments.push(made);
  issue.updatedAt = at;
  notifyOfComment(world, repository, issue, made, 'created', author);
  return created(describeComment(world, repository, made));
}

function editComment(call: Call): Answer {
  const { world } = call;
  const repository = repositoryOf(call);
  const found = repository.comments.find(({ id }) => id === numberIn(call, 'comment_id'));
  if (!found) throw notFound();
  const { body } = bodyOf<{ body: string }>(call);
  refuseLongBody('IssueComment', body);
  const before = found.body;
  Object.assign(found, { body, updatedAt: world.now() });
  const issue = repository.issues.get(found.issue);
  if (issue) {
    notifyOfComment(world, repository, issue, found, 'edited', actorOf(call), {
      changes: { body: { from: before } },
    });
  }
  return ok(describeComment(world, repository, found));
}

function notifyOfComment(
  world: World,
  repository: Repository,
  issue: Issue,
  said: Comment,
  action: string,
  by: User,
  more: object = {},
): void {
  world.tell(repository, 'issue_comment', action, by, () => ({
    issue: describeIssue(world, repository, issue),
    comment: describeComment(world, repository, said),
    ...more,
  }));
}

function listEvents(call: Call): Answer {
  const { world } = call;
  const [repository, issue] = [repositoryOf(call), issueIn(call)];
  return listed(call, issue.events, ({ id, actor, event, label: name, createdAt }) => ({
    id,
    event,
    node_id: `LE_${id}`,
    url: `${world.api}/repos/${repository.fullName}/issues/events/${id}`,
    actor: describeUser(world, actor),
    created_at: iso(createdAt),
    commit_id: null,
    commit_url: null,
    ...(name !== null && { label: { name, color: describeLabel(world, repository, name).color } }),
    performed_via_github_app: null,
  }));
}
