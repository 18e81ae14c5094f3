// Who may do what in a repository on Gitea: Moose itself, and a person who gives it a command.

import { z } from 'zod';
import type { MergeMethod } from '../../domain/forge/forge.ts';
import type { GitPerson } from '../../domain/forge/git-person.ts';
import type { ForgeProblem, Inspection } from '../../engine/ports/forge.ts';
import { readReply } from '../call-host.ts';
import { forgeFindings } from '../failure-catalogue.ts';
import { type GiteaApi, succeeded } from './api.ts';
import { isSame } from './remarks.ts';

const userSchema = z.looseObject({
  login: z.string(),
  full_name: z.string().catch(''),
  email: z.string().catch(''),
  is_admin: z.boolean().catch(false),
});
export type GiteaUser = z.infer<typeof userSchema>;

/** The account that Moose uses. */
export async function readUser(api: GiteaApi, signal?: AbortSignal): Promise<GiteaUser> {
  return readReply(succeeded(await api.callAnywhere({ method: 'GET', path: '/user', signal })), userSchema);
}

/** Finds a published address. Null if Moose's account is an administrator, because it also sees hidden addresses. */
export async function findPerson(
  api: GiteaApi,
  { login, asker }: { login: string; asker: GiteaUser },
  signal?: AbortSignal,
): Promise<GitPerson | null> {
  if (asker.is_admin) return null;
  const path = `/users/${encodeURIComponent(login)}`;
  const reply = await api.callAnywhere({ method: 'GET', path, answers: [404], signal });
  if (reply.status === 404) return null;
  const { login: name, full_name, email } = readReply(succeeded(reply), userSchema);
  return email === '' ? null : { name: full_name || name, email };
}

const permissionSchema = z.looseObject({ permission: z.string() });
const mayPush = new Set(['write', 'admin', 'owner']);

/** Checked each time, because a right may have been revoked. */
export async function mayWrite(api: GiteaApi, login: string, signal?: AbortSignal): Promise<boolean> {
  const path = `/collaborators/${encodeURIComponent(login)}/permission`;
  const reply = await api.call({ method: 'GET', path, answers: [403, 404], signal });
  if (reply.status === 404) return false;
  if (reply.status === 403) return isAssignable(api, login, signal);
  return mayPush.has(readReply(succeeded(reply), permissionSchema).permission);
}

/**
 * Only an administrator of the repository may query another person's rights. Everybody may query the possible assignees
 * of an issue: those who may write, but in an organization also some who may only read. Then the answer is no.
 */
async function isAssignable(api: GiteaApi, login: string, signal: AbortSignal | undefined): Promise<boolean> {
  if (await isOfOrganization(api, signal)) return false;
  const reply = await api.call({ method: 'GET', path: '/assignees', signal });
  const assignees = readReply(succeeded(reply), z.array(z.looseObject({ login: z.string() })));
  return assignees.some((person) => isSame(person.login, login));
}

/** Only repositories of organizations have teams: all others answer 405. */
async function isOfOrganization(api: GiteaApi, signal: AbortSignal | undefined): Promise<boolean> {
  const { status } = await api.call({ method: 'GET', path: '/teams', answers: [403, 404], signal });
  return status !== 405;
}

const repositorySchema = z.looseObject({
  default_branch: z.string(),
  archived: z.boolean().nullish(),
  has_issues: z.boolean().nullish(),
  has_pull_requests: z.boolean().nullish(),
  has_actions: z.boolean().nullish(),
  allow_merge_commits: z.boolean().nullish(),
  allow_squash_merge: z.boolean().nullish(),
  allow_rebase: z.boolean().nullish(),
  permissions: z.looseObject({ admin: z.boolean(), push: z.boolean(), pull: z.boolean() }).nullish(),
});
type RepositoryFacts = z.infer<typeof repositorySchema>;

export async function inspect(api: GiteaApi, signal?: AbortSignal): Promise<Inspection> {
  const { login } = await readUser(api, signal);
  const facts = await api.get('', repositorySchema, signal);
  const given = facts.permissions ?? null;
  return {
    login,
    defaultBranch: facts.default_branch,
    rights: [
      {
        name: 'write',
        isGiven: given?.push ?? null,
        isFor: 'to push branches, open and merge pull requests',
      },
      { name: 'administration', isGiven: given?.admin ?? null, isFor: 'to check who may give commands' },
    ],
    mergeMethods: methodsOf(facts),
    hasAutoMerge: true,
    hasMergeQueue: false,
    hasDrafts: true,
    // Gitea does not report this.
    expiresAt: null,
    problems: problemsOf(api, login, facts),
  };
}

function methodsOf(facts: RepositoryFacts): MergeMethod[] {
  const { allow_merge_commits, allow_squash_merge, allow_rebase } = facts;
  return [
    ...(allow_merge_commits ? (['merge'] as const) : []),
    ...(allow_squash_merge ? (['squash'] as const) : []),
    ...(allow_rebase ? (['rebase'] as const) : []),
  ];
}

function problemsOf({ repository }: GiteaApi, login: string, facts: RepositoryFacts): ForgeProblem[] {
  const problems: ForgeProblem[] = [];
  const { archived, has_pull_requests, permissions } = facts;
  if (archived)
    problems.push({
      ...forgeFindings.FORGE_REPOSITORY_ARCHIVED({ repository }),
      isFatal: true,
    });
  if (has_pull_requests === false)
    problems.push({
      ...forgeFindings.FORGE_NO_PULL_REQUESTS({ repository }),
      isFatal: true,
    });
  if (permissions && !permissions.push)
    problems.push({
      ...forgeFindings.FORGE_NO_WRITE({ login, repository }),
      isFatal: true,
    });
  if (permissions && !permissions.admin)
    problems.push({
      ...forgeFindings.FORGE_NO_ADMINISTRATION({ login, repository }),
      isFatal: false,
    });
  return problems;
}
