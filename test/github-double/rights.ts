import type { Call } from './call.ts';
import { forbidden, notFound, Refusal } from './refusal.ts';
import type { Level, Permission, Repository, Role, Token } from './state.ts';

// Who may call what. https://docs.github.com/rest/authentication/permissions-required-for-github-apps

type Need = readonly [Permission, Level];

/** The first that matches the operation's key counts; one of its permissions is enough. */
const needs: readonly (readonly [RegExp, readonly Need[]])[] = [
  [/^GET .*\/pulls\/\{pull_number\}\/merge$/, [['contents', 'read']]],
  [/^PUT .*\/merge$/, [['contents', 'write']]],
  [
    /^GET .*\/commits\/\{commit_sha\}\/pulls$/,
    [
      ['pull_requests', 'read'],
      ['contents', 'read'],
    ],
  ],
  [/^GET .*\/pulls/, [['pull_requests', 'read']]],
  [/\/pulls/, [['pull_requests', 'write']]],
  [
    /^GET .*\/(issues|labels)/,
    [
      ['issues', 'read'],
      ['pull_requests', 'read'],
    ],
  ],
  [
    /\/(issues|labels)/,
    [
      ['issues', 'write'],
      ['pull_requests', 'write'],
    ],
  ],
  [/^GET .*\/check-runs/, [['checks', 'read']]],
  [/\/check-runs/, [['checks', 'write']]],
  [/^GET .*\/status(es)?$/, [['statuses', 'read']]],
  [/\/statuses\//, [['statuses', 'write']]],
  [/^GET .*\/actions\//, [['actions', 'read']]],
  [/\/actions\//, [['actions', 'write']]],
  [/^GET .*\/(branches\/\{branch\}|git\/|commits\/|compare\/).*/, [['contents', 'read']]],
  [/\/git\//, [['contents', 'write']]],
  [/\/hooks\//, [['administration', 'write']]],
  [/^DELETE \/repos\/\{owner\}\/\{repo\}$/, [['administration', 'write']]],
  [/^PUT .*\/collaborators\//, [['administration', 'write']]],
  [/./, [['metadata', 'read']]],
];

export function roleOf(repository: Repository, login: string): Role | null {
  return login === repository.owner.login ? 'admin' : (repository.roles.get(login) ?? null);
}

/** @throws Refusal 403 where something may be known of the repository, 404 where not */
export function refuseWithoutRights(call: Call, repository: Repository): void {
  const { token, key } = call;
  const isRead = key.startsWith('GET ') && !/\/hooks\//.test(key);
  if (!isVisible(repository, token)) throw notFound();
  if (isRead && !repository.isPrivate) return;
  if (!token) throw new Refusal(401, 'Requires authentication');
  const wanted = needs.find(([match]) => match.test(key))?.[1] ?? [];
  if (!covers(repository, token)) throw isRead ? notFound() : notAccessible(token);
  if (token.permissions && !wanted.some((need) => hasPermission(token, need))) throw notAccessible(token);
  if (/^(POST|PATCH) .*\/check-runs/.test(key) && !token.installation) {
    throw forbidden('You must authenticate via a GitHub App.');
  }
  if (!token.installation && !isRead && !mayAs(roleOf(repository, token.user.login), repository, key))
    throw notAccessible(token);
}

function notAccessible({ installation, permissions }: Token): Refusal {
  if (installation) return forbidden('Resource not accessible by integration');
  return permissions ? forbidden('Resource not accessible by personal access token') : notFound();
}

function isVisible(repository: Repository, token: Token | null): boolean {
  if (!repository.isPrivate) return true;
  return (
    token !== null &&
    covers(repository, token) &&
    (token.installation !== null || roleOf(repository, token.user.login) !== null)
  );
}

/** Whether the token was made for this repository. */
export function covers(repository: Repository, token: Token): boolean {
  if (token.installation && token.installation.account.login !== repository.owner.login) return false;
  return token.repositories === null || token.repositories.includes(repository.name);
}

const levels: readonly Level[] = ['read', 'write', 'admin'];

export function hasPermission({ permissions }: Token, [name, level]: Need): boolean {
  const own = name === 'metadata' ? 'read' : permissions?.[name];
  return permissions === null || (own !== undefined && levels.indexOf(own) >= levels.indexOf(level));
}

/** Everybody may comment, review and open issues in a public repository; the rest needs a role. */
function mayAs(role: Role | null, repository: Repository, key: string): boolean {
  if (/^POST .*\/(issues|comments|replies|reviews)$/.test(key)) return role !== null || !repository.isPrivate;
  return role === 'admin' || role === 'maintain' || role === 'write';
}

/** For git over HTTP. */
export function mayPush(repository: Repository, token: Token): boolean {
  if (!covers(repository, token) || !hasPermission(token, ['contents', 'write'])) return false;
  const role = roleOf(repository, token.user.login);
  return token.installation !== null || role === 'admin' || role === 'maintain' || role === 'write';
}

export function mayFetch(repository: Repository, token: Token | null): boolean {
  return (
    isVisible(repository, token) &&
    (!repository.isPrivate || (token !== null && hasPermission(token, ['contents', 'read'])))
  );
}
