import { type Answer, actorOf, bodyOf, type Call, created, ok, type Routes, repositoryOf } from '../call.ts';
import { describeLabel } from '../describe.ts';
import { notifyOfPull } from '../notice-heads.ts';
import { notFound, validationFailed } from '../refusal.ts';
import type { Issue } from '../state.ts';
import { issueIn, notifyOfIssue } from './issues.ts';

// https://docs.github.com/rest/issues/labels

const repo = '/repos/{owner}/{repo}';

export const labelRoutes: Routes = {
  [`POST ${repo}/issues/{issue_number}/labels`]: addLabels,
  [`DELETE ${repo}/issues/{issue_number}/labels/{name}`]: removeLabel,
  [`GET ${repo}/labels/{name}`]: getLabel,
  [`POST ${repo}/labels`]: createLabel,
};

/** Labels that are not there are made. */
function addLabels(call: Call): Answer {
  const { world } = call;
  const [repository, issue] = [repositoryOf(call), issueIn(call)];
  if (world.lies.unresolvedNodes > 0 && repository.pulls.has(issue.number)) {
    world.lies.unresolvedNodes -= 1;
    throw validationFailed({
      resource: 'Issue',
      code: 'unprocessable',
      field: 'data',
      message: `Could not resolve to a node with the global id of 'PR_${issue.id}'.`,
    });
  }
  const wanted = call.body as { labels?: (string | { name: string })[] } | (string | { name: string })[];
  const names = (Array.isArray(wanted) ? wanted : (wanted.labels ?? [])).map((each) =>
    typeof each === 'string' ? each : each.name,
  );
  label(call, issue, names);
  return ok(issue.labels.map((name) => describeLabel(world, repository, name)));
}

export function label(call: Call, issue: Issue, names: readonly string[]): void {
  const { world } = call;
  const [repository, actor] = [repositoryOf(call), actorOf(call)];
  for (const name of names) {
    if (!repository.labels.has(name.toLowerCase())) {
      repository.labels.set(name.toLowerCase(), {
        id: world.nextId(),
        name,
        color: 'ededed',
        description: null,
      });
    }
    if (issue.labels.some((own) => own.toLowerCase() === name.toLowerCase())) continue;
    issue.labels.push(name);
    issue.updatedAt = world.now();
    issue.events.push({ id: world.nextId(), actor, event: 'labeled', label: name, createdAt: world.now() });
    const described = describeLabel(world, repository, name);
    const pull = repository.pulls.get(issue.number);
    if (pull) notifyOfPull(world, repository, pull, 'labeled', actor, { label: described });
    else notifyOfIssue(world, repository, issue, 'labeled', actor, { label: described });
  }
}

function removeLabel(call: Call): Answer {
  const { world } = call;
  const [repository, issue] = [repositoryOf(call), issueIn(call)];
  const name = call.params.name?.toLowerCase();
  const label = issue.labels.find((each) => each.toLowerCase() === name);
  if (label === undefined) throw notFound();
  issue.labels = issue.labels.filter((each) => each !== label);
  issue.updatedAt = world.now();
  issue.events.push({
    id: world.nextId(),
    actor: actorOf(call),
    event: 'unlabeled',
    label,
    createdAt: world.now(),
  });
  return ok(issue.labels.map((each) => describeLabel(world, repository, each)));
}

function getLabel(call: Call): Answer {
  const repository = repositoryOf(call);
  const label = repository.labels.get(call.params.name?.toLowerCase() ?? '');
  if (!label) throw notFound();
  return ok(describeLabel(call.world, repository, label.name));
}

function createLabel(call: Call): Answer {
  const repository = repositoryOf(call);
  const {
    name,
    color = 'ededed',
    description = null,
  } = bodyOf<{ name: string; color?: string; description?: string }>(call);
  if (repository.labels.has(name.toLowerCase())) {
    throw validationFailed({ resource: 'Label', code: 'already_exists', field: 'name' });
  }
  repository.labels.set(name.toLowerCase(), { id: call.world.nextId(), name, color, description });
  return created(describeLabel(call.world, repository, name));
}
