// What Moose may do in a repository on GitHub, and what is missing, so that a person sees it before work fails.

import { z } from 'zod';
import type { MergeMethod } from '../../domain/forge/forge.ts';
import type { ForgeProblem, Inspection } from '../../engine/ports/forge.ts';
import { readReply } from '../call-host.ts';
import { forgeFindings } from '../failure-catalogue.ts';
import type { GitHubApi } from './api.ts';
import { rulesOf } from './required-checks.ts';

const repositorySchema = z.looseObject({
  default_branch: z.string().nullish(),
  archived: z.boolean().nullish(),
  permissions: z.record(z.string(), z.boolean()).nullish(),
  allow_merge_commit: z.boolean().nullish(),
  allow_squash_merge: z.boolean().nullish(),
  allow_rebase_merge: z.boolean().nullish(),
  allow_auto_merge: z.boolean().nullish(),
});
type RepositoryFacts = z.infer<typeof repositorySchema>;

/** The kind of credential that Moose uses. */
export type Account =
  | { kind: 'app'; login: string; permissions: Readonly<Record<string, string>> }
  | { kind: 'token' | 'gh'; login: string; token: string };

interface Need {
  name: string;
  level: 'read' | 'write';
  isFor: string;
  /** Required: without it, work orders cannot be completed. */
  isFatal: boolean;
  /** Often missing, and reported only when asked. */
  isOptional?: boolean;
}

const needs: readonly Need[] = [
  { name: 'contents', level: 'write', isFor: 'to push branches', isFatal: true },
  { name: 'pull_requests', level: 'write', isFor: 'to open and merge pull requests', isFatal: true },
  { name: 'metadata', level: 'read', isFor: 'to check who may give commands', isFatal: true },
  { name: 'checks', level: 'read', isFor: 'to read the checks of a commit', isFatal: true },
  { name: 'statuses', level: 'read', isFor: 'to read the statuses of a commit', isFatal: true },
  {
    name: 'issues',
    level: 'write',
    isFor: 'to comment, and to turn issues into work orders',
    isFatal: false,
  },
  { name: 'actions', level: 'write', isFor: 'to read logs of CI and run failed jobs again', isFatal: false },
  {
    name: 'workflows',
    level: 'write',
    isFatal: false,
    isOptional: true,
    isFor: 'to push changes of .github/workflows',
  },
  {
    name: 'administration',
    level: 'read',
    isFatal: false,
    isOptional: true,
    isFor: 'to read classic branch protection',
  },
];

const soonMs = 7 * 24 * 60 * 60_000;

export async function inspect(
  api: GitHubApi,
  account: Account,
  now: Date,
  signal?: AbortSignal,
): Promise<Inspection> {
  const reply = await api.call({ method: 'GET', path: '', signal });
  const facts = readReply(reply, repositorySchema);
  const scopes = textIn(reply.headers['x-oauth-scopes']);
  const expiresAt = dateIn(reply.headers['github-authentication-token-expiration']);
  const defaultBranch = facts.default_branch ?? null;
  const rules = defaultBranch === null ? [] : await rulesOf(api, defaultBranch, signal);
  const rights = needs.map((need) => ({
    name: `${need.name}:${need.level}`,
    isGiven: isGiven(need, account, facts, scopes),
    isFor: need.isFor,
  }));
  return {
    login: account.login,
    defaultBranch,
    rights,
    mergeMethods: methodsOf(facts),
    hasAutoMerge: facts.allow_auto_merge === true,
    hasMergeQueue: rules.some(({ type }) => type === 'merge_queue'),
    hasDrafts: true,
    expiresAt,
    problems: [
      ...problemsOf(api, account, facts, expiresAt, now),
      ...needs.flatMap((need, index) => missing(api, need, rights[index]?.isGiven ?? null)),
    ],
  };
}

/** Null if unknown: GitHub does not list the rights of a fine-grained token. */
function isGiven(
  { name, level }: Need,
  account: Account,
  { permissions }: RepositoryFacts,
  scopes: string | null,
): boolean | null {
  if (account.kind === 'app') {
    const has = account.permissions[name];
    return has === 'admin' || has === 'write' || (level === 'read' && has === 'read');
  }
  if (name === 'metadata') return true;
  if (name === 'contents' && permissions) return permissions.push === true;
  // GitHub lists the scopes of a classic token; `repo` includes everything here except workflows.
  if (scopes === null || scopes === '') return null;
  const all = scopes.split(/,\s*/);
  if (name === 'workflows') return all.includes('workflow');
  if (name === 'administration') return permissions?.admin ?? null;
  return all.includes('repo') || (all.includes('public_repo') && permissions?.push === true);
}

function missing({ host }: GitHubApi, need: Need, given: boolean | null): ForgeProblem[] {
  if (given !== false || need.isOptional) return [];
  return [
    {
      ...forgeFindings.FORGE_RIGHT_MISSING({ name: need.name, level: need.level, host, purpose: need.isFor }),
      isFatal: need.isFatal,
    },
  ];
}

function problemsOf(
  { host, repository: { owner, name } }: GitHubApi,
  account: Account,
  facts: RepositoryFacts,
  expiresAt: Date | null,
  now: Date,
): ForgeProblem[] {
  const problems: ForgeProblem[] = [];
  if (facts.archived === true)
    problems.push({
      ...forgeFindings.FORGE_REPOSITORY_ARCHIVED_REMOVABLE({ repository: `${owner}/${name}` }),
      isFatal: true,
    });
  if (expiresAt !== null && expiresAt.getTime() - now.getTime() < soonMs)
    problems.push({
      ...forgeFindings.FORGE_TOKEN_EXPIRES({ host, day: expiresAt.toISOString().slice(0, 10) }),
      isFatal: false,
    });
  // `ghs_` marks an installation's token. One that Moose did not request itself comes from an Actions workflow.
  if (account.kind === 'token' && account.token.startsWith('ghs_'))
    problems.push({
      ...forgeFindings.FORGE_STARTS_NO_CHECKS({ host }),
      isFatal: false,
    });
  if (account.kind === 'gh')
    problems.push({
      ...forgeFindings.FORGE_ACCOUNT_OF_PERSON({ login: account.login, host }),
      isFatal: false,
    });
  return problems;
}

function methodsOf(facts: RepositoryFacts): MergeMethod[] {
  const methods: [MergeMethod, boolean | null | undefined][] = [
    ['merge', facts.allow_merge_commit],
    ['squash', facts.allow_squash_merge],
    ['rebase', facts.allow_rebase_merge],
  ];
  // Only accounts with push rights see the merge settings. If unknown, GitHub refuses a merge that is not allowed.
  return methods.flatMap(([method, isAllowed]) => (isAllowed === false ? [] : [method]));
}

const textIn = (value: string | string[] | undefined) => (typeof value === 'string' ? value : null);

/** `2026-12-31 23:59:59 UTC`, or with an offset. */
function dateIn(value: string | string[] | undefined): Date | null {
  const at =
    typeof value === 'string' ? Date.parse(value.replace(' UTC', 'Z').replace(' ', 'T')) : Number.NaN;
  return Number.isNaN(at) ? null : new Date(at);
}
