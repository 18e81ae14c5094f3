// What Moose may do in a project on GitLab, and what is missing, so that a person sees it before work fails.

import { z } from 'zod';
import type { MergeMethod } from '../../domain/forge/forge.ts';
import type { ForgeProblem, Inspection } from '../../engine/ports/forge.ts';
import { readReply } from '../call-host.ts';
import { forgeFindings } from '../failure-catalogue.ts';
import type { GitLabApi } from './api.ts';

/** https://docs.gitlab.com/api/access_requests/#valid-access-levels */
export const developer = 30;
const access = z.looseObject({ access_level: z.number() }).nullish();
const projectSchema = z.looseObject({
  default_branch: z.string().nullish(),
  archived: z.boolean().nullish(),
  merge_method: z.string().nullish(),
  squash_option: z.string().nullish(),
  permissions: z.looseObject({ project_access: access, group_access: access }).nullish(),
  merge_trains_enabled: z.boolean().nullish(),
});
const tokenSchema = z.looseObject({
  scopes: z.array(z.string()).catch([]),
  expires_at: z.string().nullish(),
});
const soonMs = 7 * 24 * 60 * 60_000;

export async function inspect(
  api: GitLabApi,
  login: string,
  now: Date,
  signal?: AbortSignal,
): Promise<Inspection> {
  const facts = readReply(await api.call({ method: 'GET', path: '', signal }), projectSchema);
  const token = await tokenFacts(api, signal);
  const { project_access: own, group_access: group } = facts.permissions ?? {};
  const level = facts.permissions ? Math.max(own?.access_level ?? 0, group?.access_level ?? 0) : null;
  const hasScope = (scope: string) =>
    token === null ? null : token.scopes.includes('api') || token.scopes.includes(scope);
  const expiresAt = token?.expires_at ? new Date(token.expires_at) : null;
  const mayPush = level === null ? null : level >= developer;
  return {
    login,
    defaultBranch: facts.default_branch ?? null,
    rights: [
      { name: 'role:developer', isGiven: mayPush, isFor: 'to push branches and open merge requests' },
      { name: 'scope:api', isGiven: hasScope('api'), isFor: 'to open, read and merge merge requests' },
      {
        name: 'scope:write_repository',
        isGiven: hasScope('write_repository'),
        isFor: 'to push branches over HTTP',
      },
    ],
    mergeMethods: methodsOf(facts),
    hasAutoMerge: true,
    hasMergeQueue: facts.merge_trains_enabled === true,
    hasDrafts: true,
    expiresAt,
    problems: problemsOf(api, { facts, mayPush, hasApi: hasScope('api'), expiresAt, now }),
  };
}

/** Null for a token that GitLab does not describe, such as an OAuth token. */
async function tokenFacts(
  api: GitLabApi,
  signal: AbortSignal | undefined,
): Promise<z.infer<typeof tokenSchema> | null> {
  const path = '/personal_access_tokens/self';
  const reply = await api.callAnywhere({ method: 'GET', path, answers: [400, 401, 403, 404], signal });
  return reply.status === 200 ? readReply(reply, tokenSchema) : null;
}

function methodsOf({
  merge_method: method,
  squash_option: squash,
}: z.infer<typeof projectSchema>): MergeMethod[] {
  const own: MergeMethod = method === 'ff' || method === 'rebase_merge' ? 'rebase' : 'merge';
  return squash === 'never' ? [own] : [own, 'squash'];
}

function problemsOf(
  { host, path }: GitLabApi,
  found: {
    facts: z.infer<typeof projectSchema>;
    mayPush: boolean | null;
    hasApi: boolean | null;
    expiresAt: Date | null;
    now: Date;
  },
): ForgeProblem[] {
  const { facts, mayPush, hasApi, expiresAt, now } = found;
  const problems: ForgeProblem[] = [];
  if (facts.archived === true)
    problems.push({
      ...forgeFindings.FORGE_REPOSITORY_ARCHIVED_REMOVABLE({ repository: path }),
      isFatal: true,
    });
  if (mayPush === false)
    problems.push({
      ...forgeFindings.FORGE_RIGHT_MISSING_TO_PUSH({ path, host }),
      isFatal: true,
    });
  if (hasApi === false)
    problems.push({
      ...forgeFindings.FORGE_RIGHT_MISSING_FOR_API({ host }),
      isFatal: true,
    });
  if (expiresAt !== null && expiresAt.getTime() - now.getTime() < soonMs)
    problems.push({
      ...forgeFindings.FORGE_TOKEN_EXPIRES({ host, day: expiresAt.toISOString().slice(0, 10) }),
      isFatal: false,
    });
  return problems;
}
