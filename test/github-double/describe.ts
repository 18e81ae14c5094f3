import { askedOfCommits, countCommits, isAncestor, mergedTree } from './git-side.ts';
import type { Comment, Issue, Pull, Repository, User } from './state.ts';
import type { World } from './world.ts';

// What GitHub shows of users, repositories, pull requests, issues and remarks. Only what means something is here:
// `fillIn` adds the rest.

/** GitHub's times have no fractions of a second. */
export function iso(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}

export const nodeId = (kind: string, id: number) => `${kind}_${id}`;

export function describeUser(world: World, user: User) {
  const { login, id, type } = user;
  return {
    login,
    id,
    type,
    node_id: nodeId('U', id),
    avatar_url: `${world.url}/${login}.png`,
    gravatar_id: '',
    site_admin: false,
    url: `${world.api}/users/${login}`,
    html_url: `${world.url}/${login}`,
  };
}

export function describeRepository(world: World, repository: Repository) {
  const { id, name, fullName, owner, isPrivate, settings } = repository;
  return {
    id,
    name,
    full_name: fullName,
    node_id: nodeId('R', id),
    private: isPrivate,
    fork: false,
    owner: describeUser(world, owner),
    url: `${world.api}/repos/${fullName}`,
    html_url: `${world.url}/${fullName}`,
    clone_url: `${world.url}/${fullName}.git`,
    default_branch: settings.defaultBranch,
    visibility: isPrivate ? 'private' : 'public',
    archived: false,
    disabled: false,
    has_issues: true,
    created_at: iso(repository.createdAt),
  };
}

/** What only a person or program with write access sees of the settings. */
export function describeSettings({ settings }: Repository) {
  return {
    allow_merge_commit: settings.mayMerge,
    allow_squash_merge: settings.maySquash,
    allow_rebase_merge: settings.mayRebase,
    allow_auto_merge: settings.hasAutoMerge,
    delete_branch_on_merge: settings.deletesMergedBranches,
  };
}

export function issueOf(repository: Repository, number: number): Issue {
  const issue = repository.issues.get(number);
  if (!issue) throw new Error(`${repository.fullName} has no number ${number}`);
  return issue;
}

function describeEnd(world: World, repository: Repository, branch: string, sha: string) {
  return {
    label: `${repository.owner.login}:${branch}`,
    ref: branch,
    sha,
    user: describeUser(world, repository.owner),
    repo: describeRepository(world, repository),
  };
}

/** As lists show it: without `mergeable` and `merged`. */
export function describeSimplePull(world: World, repository: Repository, pull: Pull) {
  const issue = issueOf(repository, pull.number);
  const { number } = pull;
  const [api, html] = [`${world.api}/repos/${repository.fullName}`, `${world.url}/${repository.fullName}`];
  return {
    id: pull.id,
    number,
    node_id: nodeId('PR', pull.id),
    state: issue.state,
    locked: issue.isLocked,
    title: issue.title,
    body: issue.body,
    draft: pull.isDraft,
    user: describeUser(world, issue.author),
    labels: issue.labels.map((name) => {
      const label = describeLabel(world, repository, name);
      // In lists of pull requests, the description does not allow null for this field.
      return { ...label, description: label.description ?? '' };
    }),
    url: `${api}/pulls/${number}`,
    html_url: `${html}/pull/${number}`,
    issue_url: `${api}/issues/${number}`,
    comments_url: `${api}/issues/${number}/comments`,
    statuses_url: `${api}/statuses/${pull.headSha}`,
    head: describeEnd(world, repository, pull.headBranch, shownHead(world, pull)),
    base: describeEnd(world, repository, pull.baseBranch, pull.baseSha),
    author_association: associationOf(repository, issue.author),
    auto_merge: describeAutoMerge(world, pull),
    merge_commit_sha: pull.mergeSha,
    created_at: iso(issue.createdAt),
    updated_at: iso(issue.updatedAt),
    closed_at: issue.closedAt && iso(issue.closedAt),
    merged_at: pull.mergedAt && iso(pull.mergedAt),
  };
}

/** The head is late for a while after a push, if the test says so. */
function shownHead(world: World, pull: Pull): string {
  const late = world.lies.lateHeads.get(pull.number);
  if (!late || late.reads <= 0 || world.isTelling) return pull.headSha;
  late.reads -= 1;
  return late.sha;
}

function describeAutoMerge(world: World, { autoMerge }: Pull) {
  if (!autoMerge) return null;
  const said = { commit_title: '', commit_message: '' };
  return { enabled_by: describeUser(world, autoMerge.by), merge_method: autoMerge.method, ...said };
}

export function describePull(world: World, repository: Repository, pull: Pull) {
  const mergeable = shownMergeable(world, repository, pull);
  const { headSha, baseSha, mergedBy } = pull;
  const comments = repository.comments.filter(({ issue }) => issue === pull.number).length;
  return {
    ...describeSimplePull(world, repository, pull),
    merged: pull.mergedAt !== null,
    mergeable,
    mergeable_state: stateOfMergeable(repository, pull, mergeable),
    merged_by: mergedBy && describeUser(world, mergedBy),
    comments,
    review_comments: repository.lineComments.filter((each) => each.pull === pull.number).length,
    maintainer_can_modify: false,
    commits: countCommits(repository.path, baseSha, headSha),
    ...changeOf(repository.path, baseSha, headSha),
  };
}

function changeOf(path: string, baseSha: string, headSha: string) {
  const stat = askedOfCommits(path, ['diff', '--shortstat'], [`${baseSha}...${headSha}`]) ?? '';
  const number = (what: RegExp) => Number(what.exec(stat)?.[1] ?? 0);
  return {
    changed_files: number(/(\d+) file/),
    additions: number(/(\d+) ins/),
    deletions: number(/(\d+) del/),
  };
}

/** Null while GitHub computes it, and once it is closed unmerged or merged. */
function shownMergeable(world: World, repository: Repository, pull: Pull): boolean | null {
  if (world.isTelling || issueOf(repository, pull.number).state === 'closed') return null;
  const reads = world.lies.unknownMergeable.get(pull.number) ?? 0;
  if (reads > 0) {
    world.lies.unknownMergeable.set(pull.number, reads - 1);
    return null;
  }
  return canMerge(repository, pull);
}

/** Whether the newest base and head merge without a conflict. */
export function canMerge(repository: Repository, pull: Pull): boolean {
  const base = repository.heads.get(pull.baseBranch);
  return base !== undefined && mergedTree(repository.path, base, pull.headSha) !== null;
}

function stateOfMergeable(repository: Repository, pull: Pull, mergeable: boolean | null): string {
  if (mergeable === null) return 'unknown';
  if (!mergeable) return 'dirty';
  if (pull.isDraft) return 'draft';
  const base = repository.heads.get(pull.baseBranch) ?? pull.baseSha;
  const isBehind = !isAncestor(repository.path, base, pull.headSha);
  return isBehind && repository.protections.get(pull.baseBranch)?.isStrict ? 'behind' : 'clean';
}

/** Late and wrong for private members of an organisation: nobody should decide by it. */
export function associationOf(repository: Repository, author: User): string {
  if (author.login === repository.owner.login) return 'OWNER';
  return repository.roles.has(author.login) ? 'CONTRIBUTOR' : 'NONE';
}

export function describeLabel(world: World, repository: Repository, name: string) {
  const label = repository.labels.get(name.toLowerCase());
  const url = `${world.api}/repos/${repository.fullName}/labels/${encodeURIComponent(name)}`;
  const { id = 0, color = 'ededed', description = null } = label ?? {};
  return {
    id,
    color,
    description,
    name: label?.name ?? name,
    url,
    default: false,
    node_id: nodeId('LA', id),
  };
}

export function describeIssue(world: World, repository: Repository, issue: Issue) {
  const { id, number, title, body, state } = issue;
  const pull = repository.pulls.get(number);
  const [api, html] = [`${world.api}/repos/${repository.fullName}`, `${world.url}/${repository.fullName}`];
  const path = `${html}/${pull ? 'pull' : 'issues'}/${number}`;
  return {
    id,
    number,
    title,
    body,
    state,
    node_id: nodeId('I', id),
    url: `${api}/issues/${number}`,
    html_url: path,
    user: describeUser(world, issue.author),
    locked: issue.isLocked,
    comments_url: `${api}/issues/${number}/comments`,
    repository_url: api,
    events_url: `${api}/issues/${number}/events`,
    labels_url: `${api}/issues/${number}/labels{/name}`,
    comments: repository.comments.filter((each) => each.issue === number).length,
    labels: issue.labels.map((each) => describeLabel(world, repository, each)),
    author_association: associationOf(repository, issue.author),
    ...(pull && {
      pull_request: {
        ...linksOf(`${api}/pulls/${number}`, path),
        merged_at: pull.mergedAt && iso(pull.mergedAt),
      },
    }),
    created_at: iso(issue.createdAt),
    updated_at: iso(issue.updatedAt),
    closed_at: issue.closedAt && iso(issue.closedAt),
  };
}

const linksOf = (url: string, html: string) => ({
  url,
  html_url: html,
  diff_url: `${html}.diff`,
  patch_url: `${html}.patch`,
});

export function describeComment(world: World, repository: Repository, comment: Comment) {
  const { id, body, author, issue } = comment;
  const [api, html] = [`${world.api}/repos/${repository.fullName}`, `${world.url}/${repository.fullName}`];
  const page = repository.pulls.has(issue) ? 'pull' : 'issues';
  return {
    id,
    body,
    node_id: nodeId('IC', id),
    url: `${api}/issues/comments/${id}`,
    issue_url: `${api}/issues/${issue}`,
    html_url: `${html}/${page}/${issue}#issuecomment-${id}`,
    user: describeUser(world, author),
    author_association: associationOf(repository, author),
    created_at: iso(comment.createdAt),
    updated_at: iso(comment.updatedAt),
    performed_via_github_app: null,
  };
}
