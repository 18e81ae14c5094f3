import {
  type Answer,
  actorOf,
  bodyOf,
  type Call,
  created,
  noContent,
  ok,
  type Routes,
  repositoryOf,
} from '../call.ts';
import { describeRepository, describeSettings, describeUser } from '../describe.ts';
import { askedOfCommits, gitAt, isAncestor, triedGit } from '../git-side.ts';
import { noticeHeads } from '../notice-heads.ts';
import { notFound, Refusal } from '../refusal.ts';
import { roleOf } from '../rights.ts';
import { needsSignatures, refuseUnsigned } from '../signatures.ts';
import type { Repository, Role } from '../state.ts';
import type { World } from '../world.ts';

// https://docs.github.com/rest/repos, …/rest/git/refs, …/rest/collaborators

const repo = '/repos/{owner}/{repo}';

export const repositoryRoutes: Routes = {
  [`GET ${repo}`]: get,
  [`GET ${repo}/branches/{branch}`]: getBranch,
  [`GET ${repo}/rules/branches/{branch}`]: listRules,
  [`GET ${repo}/git/ref/{ref}`]: getRef,
  [`GET ${repo}/git/matching-refs/{ref}`]: matchingRefs,
  [`POST ${repo}/git/refs`]: createRef,
  [`DELETE ${repo}/git/refs/{ref}`]: deleteRef,
  [`GET ${repo}/commits/{ref}`]: getCommit,
  [`GET ${repo}/compare/{basehead}`]: compare,
  [`GET ${repo}/collaborators/{username}/permission`]: permission,
};

function get(call: Call): Answer {
  const { world, token } = call;
  const repository = repositoryOf(call);
  const role = token && roleOf(repository, token.user.login);
  const mayPush = token?.installation != null || role === 'admin' || role === 'maintain' || role === 'write';
  const permissions = {
    admin: role === 'admin',
    maintain: role === 'admin' || role === 'maintain',
    push: mayPush,
    triage: mayPush || role === 'triage',
    pull: true,
  };
  const settings = mayPush ? describeSettings(repository) : {};
  return ok({ ...describeRepository(world, repository), permissions, ...settings });
}

function getBranch(call: Call): Answer {
  const { world } = call;
  const [repository, name] = [repositoryOf(call), call.params.branch ?? ''];
  const sha = repository.heads.get(name);
  if (!sha) throw new Refusal(404, 'Branch not found');
  const url = `${world.api}/repos/${repository.fullName}/branches/${name}`;
  const classic = repository.protections.get(name)?.classic ?? [];
  const enabled = classic.length > 0;
  return ok({
    name,
    protected: repository.protections.has(name),
    protection_url: `${url}/protection`,
    commit: describeCommit(world, repository, sha),
    _links: { self: url, html: `${world.url}/${repository.fullName}/tree/${name}` },
    protection: {
      enabled,
      required_status_checks: {
        enforcement_level: enabled ? 'non_admins' : 'off',
        contexts: classic,
        checks: classic.map((context) => ({ context, app_id: null })),
      },
    },
  });
}

/** Rules of rulesets, one for each; classic protection is not among them. */
function listRules(call: Call): Answer {
  const repository = repositoryOf(call);
  const protection = repository.protections.get(call.params.branch ?? '');
  const from = { ruleset_source_type: 'Repository', ruleset_source: repository.fullName, ruleset_id: 1 };
  const checks = (protection?.ruleset ?? []).map(({ context, integrationId }) => ({
    context,
    ...(integrationId !== undefined && { integration_id: integrationId }),
  }));
  const isDefault = call.params.branch === repository.settings.defaultBranch;
  return ok([
    ...(checks.length > 0
      ? [
          {
            type: 'required_status_checks',
            parameters: {
              required_status_checks: checks,
              strict_required_status_checks_policy: protection?.isStrict ?? false,
            },
            ...from,
          },
        ]
      : []),
    ...(needsSignatures(repository, call.params.branch ?? '')
      ? [{ type: 'required_signatures', ...from }]
      : []),
    ...(repository.settings.hasMergeQueue && isDefault
      ? [{ type: 'merge_queue', parameters: mergeQueue, ...from }]
      : []),
  ]);
}

const mergeQueue = {
  check_response_timeout_minutes: 60,
  grouping_strategy: 'ALLGREEN',
  max_entries_to_build: 5,
  max_entries_to_merge: 5,
  merge_method: 'MERGE',
  min_entries_to_merge: 1,
  min_entries_to_merge_wait_minutes: 5,
};

export function describeRef(world: World, repository: Repository, branch: string, sha: string) {
  const api = `${world.api}/repos/${repository.fullName}`;
  const object = { type: 'commit', sha, url: `${api}/git/commits/${sha}` };
  return {
    ref: `refs/heads/${branch}`,
    node_id: `REF_${branch}`,
    url: `${api}/git/refs/heads/${branch}`,
    object,
  };
}

export const branchIn = (ref: string | undefined) => ref?.replace(/^(refs\/)?heads\//, '') ?? '';

function getRef(call: Call): Answer {
  const [repository, branch] = [repositoryOf(call), branchIn(call.params.ref)];
  const sha = repository.heads.get(branch);
  if (!sha) throw notFound();
  return ok(describeRef(call.world, repository, branch, sha));
}

function matchingRefs(call: Call): Answer {
  const [repository, start] = [repositoryOf(call), branchIn(call.params.ref)];
  const found = [...repository.heads].filter(([branch]) => branch.startsWith(start));
  return ok(found.map(([branch, sha]) => describeRef(call.world, repository, branch, sha)));
}

function createRef(call: Call): Answer {
  const repository = repositoryOf(call);
  const { ref, sha } = bodyOf<{ ref: string; sha: string }>(call);
  const branch = branchIn(ref);
  if (!ref.startsWith('refs/heads/')) throw new Refusal(422, "Reference name must start with 'refs/'");
  if (repository.heads.has(branch)) throw new Refusal(422, 'Reference already exists');
  if (triedGit(repository.path, ['cat-file', '-e', `${sha}^{commit}`]) === null)
    throw new Refusal(422, 'Object does not exist');
  refuseUnsigned(repository, branch, sha);
  gitAt(repository.path, ['update-ref', ref, sha]);
  noticeHeads(call.world, repository, actorOf(call));
  return created(describeRef(call.world, repository, branch, sha));
}

/** A branch that is not there is 422, not 404. */
function deleteRef(call: Call): Answer {
  const [repository, branch] = [repositoryOf(call), branchIn(call.params.ref)];
  if (!repository.heads.has(branch)) throw new Refusal(422, 'Reference does not exist');
  gitAt(repository.path, ['update-ref', '-d', `refs/heads/${branch}`]);
  noticeHeads(call.world, repository, actorOf(call));
  return noContent;
}

function getCommit(call: Call): Answer {
  const repository = repositoryOf(call);
  const ref = call.params.ref ?? '';
  const asked = [`${repository.heads.get(ref) ?? ref}^{commit}`];
  const sha = askedOfCommits(repository.path, ['rev-parse', '--verify', '--quiet'], asked, {
    isFinal: false,
  });
  if (sha === null) throw new Refusal(422, `No commit found for SHA: ${ref}`);
  return ok(describeCommit(call.world, repository, sha));
}

export function describeCommit(world: World, repository: Repository, sha: string) {
  const api = `${world.api}/repos/${repository.fullName}`;
  const format = '--format=%T%n%P%n%an%n%ae%n%aI%n%cn%n%ce%n%cI%n%B';
  const shown =
    askedOfCommits(repository.path, ['show', '--no-patch', format], [sha], { isFinal: false }) ?? '';
  const [tree = '', parents = '', name, email, date, committer, committerEmail, committed, ...message] =
    shown.split('\n');
  const html = `${world.url}/${repository.fullName}/commit/${sha}`;
  return {
    sha,
    url: `${api}/commits/${sha}`,
    html_url: html,
    node_id: `C_${sha}`,
    comments_url: `${api}/commits/${sha}/comments`,
    commit: {
      author: { name, email, date },
      committer: { name: committer, email: committerEmail, date: committed },
      message: message.join('\n').trimEnd(),
      tree: { sha: tree, url: `${api}/git/trees/${tree}` },
      url: `${api}/git/commits/${sha}`,
      comment_count: 0,
    },
    author: null,
    committer: null,
    parents: parents
      .split(' ')
      .filter((each) => each !== '')
      .map((each) => ({ sha: each, url: `${api}/commits/${each}` })),
  };
}

function compare(call: Call): Answer {
  const { world } = call;
  const repository = repositoryOf(call);
  const [base, head] = (call.params.basehead ?? '').split('...').map((each) => {
    const name = each.replace(`${repository.owner.login}:`, '');
    return triedGit(repository.path, [
      'rev-parse',
      '--verify',
      '--quiet',
      `${repository.heads.get(name) ?? name}^{commit}`,
    ]);
  });
  if (!base || !head) throw notFound();
  const { path } = repository;
  const shas = gitAt(path, ['rev-list', '--reverse', `${base}..${head}`])
    .split('\n')
    .filter((each) => each !== '');
  const behind = Number(gitAt(path, ['rev-list', '--count', `${head}..${base}`]));
  const status =
    behind > 0 ? (shas.length > 0 ? 'diverged' : 'behind') : shas.length > 0 ? 'ahead' : 'identical';
  const url = `${world.url}/${repository.fullName}/compare/${base}...${head}`;
  const common = isAncestor(path, base, head) ? base : gitAt(path, ['merge-base', base, head]);
  return ok({
    status,
    ahead_by: shas.length,
    behind_by: behind,
    total_commits: shas.length,
    url,
    html_url: url,
    permalink_url: url,
    diff_url: `${url}.diff`,
    patch_url: `${url}.patch`,
    base_commit: describeCommit(world, repository, base),
    merge_base_commit: describeCommit(world, repository, common),
    commits: shas.map((sha) => describeCommit(world, repository, sha)),
  });
}

/** `maintain` shows as write and `triage` as read; everybody may read a public repository. Apps are no users. */
function permission(call: Call): Answer {
  const { world } = call;
  const repository = repositoryOf(call);
  const login = call.params.username ?? '';
  const user = world.users.get(login.toLowerCase());
  if (!user || user.type === 'Bot') throw new Refusal(404, `${login} is not a user`);
  const role: Role | 'none' = roleOf(repository, user.login) ?? (repository.isPrivate ? 'none' : 'read');
  const shown = {
    admin: 'admin',
    maintain: 'write',
    write: 'write',
    triage: 'read',
    read: 'read',
    none: 'none',
  };
  return ok({ permission: shown[role], role_name: role, user: describeUser(world, user) });
}
