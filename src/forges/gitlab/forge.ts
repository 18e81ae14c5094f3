// The forge on GitLab: gitlab.com, and GitLab on a host of the user's own.

import { z } from 'zod';
import type { ConfigurationError } from '../../domain/failure.ts';
import type { GitPerson } from '../../domain/forge/git-person.ts';
import type { Forge } from '../../engine/ports/forge.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { AdapterOptions, ForgeAdapter } from '../adapter.ts';
import { createAnswerCache } from '../answer-cache.ts';
import { createCallHost, readReply } from '../call-host.ts';
import { tokenSource } from '../credentials.ts';
import { forgeFailures } from '../failure-catalogue.ts';
import { createLimitsOf } from '../host-limits.ts';
import { createGitLabApi, type GitLabApi } from './api.ts';
import { cancelAutoMerge } from './cancel-auto-merge.ts';
import { createChecks } from './checks.ts';
import { developer, inspect } from './inspect.ts';
import { findIssue, isIssueEdited, listIssues } from './issues.ts';
import { mergeOne } from './merge.ts';
import { createMergeRequests } from './merge-requests.ts';
import { readRemarks, resolveThread, say } from './remarks.ts';

/** https://docs.gitlab.com/administration/instance_limits/ */
const limits = { bodyChars: 1_000_000, titleChars: 255 };
const userSchema = z.looseObject({ id: z.number(), username: z.string() });
const shownSchema = z.looseObject({
  username: z.string(),
  name: z.string().nullish(),
  public_email: z.string().nullish(),
});
const memberSchema = z.looseObject({ access_level: z.number(), state: z.string().nullish() });

/** The forges that this builds share answers. */
export function createGitLabForges(options: AdapterOptions): ForgeAdapter {
  const { clock, read, programEnvironment } = options;
  const cache = createAnswerCache();
  const limitsOf = createLimitsOf(options);
  return ({ host: row, path }) => {
    const { host, apiUrl, credential } = row;
    if (credential.source === 'app' || credential.source === 'gh') throw noSuchCredential(host);
    const given = { read, programEnvironment, now: () => clock.now() };
    const tokens = tokenSource(host, credential, given);
    const authorization = async (signal?: AbortSignal) => `Bearer ${(await tokens.token(signal)).token}`;
    const place = { host, apiUrl, clock, limits: limitsOf(host), authorization };
    const api = createGitLabApi({ host, path, apiUrl, callHost: createCallHost(place, cache) });
    return forgeOf(api, clock, async (signal) => ({
      user: 'oauth2',
      password: (await tokens.token(signal)).token,
      expiresAt: null,
    }));
  };
}

function forgeOf(api: GitLabApi, clock: Clock, gitCredentials: Forge['gitCredentials']): Forge {
  const requests = createMergeRequests(api);
  const checks = createChecks(api);
  let known: string | null = null;
  const login = async (signal?: AbortSignal): Promise<string> => {
    known ??= readReply(
      await api.callAnywhere({ method: 'GET', path: '/user', signal }),
      userSchema,
    ).username;
    return known;
  };
  return {
    kind: 'gitlab',
    host: api.host,
    repository: api.path,
    limits,
    hasChecks: true,
    inspect: async (signal) => inspect(api, await login(signal), clock.now(), signal),
    gitCredentials,
    // A person must not appear as the author of work by Moose.
    commitIdentity: async () => null,
    findPerson: (name, signal) => findPerson(api, name, signal),
    openPullRequest: requests.open,
    findPullRequest: requests.find,
    updatePullRequest: requests.update,
    closePullRequest: requests.close,
    mergePullRequest: (number, order, signal) => mergeOne(api, requests, { number, order }, signal),
    cancelAutoMerge: (number, signal) => cancelAutoMerge(api, number, signal),
    readChecks: checks.read,
    readLog: checks.log,
    rerun: checks.rerun,
    readRemarks: async (number, since, signal) =>
      readRemarks(api, { number, since, ownLogin: await login(signal) }, signal),
    say: async (saying, signal) => say(api, saying, await login(signal), signal),
    resolveThread: (remark, signal) => resolveThread(api, remark, signal),
    mayWrite: (name, signal) => mayWrite(api, name, signal),
    listIssues: (by, signal) => listIssues(api, by, signal),
    findIssue: (number, signal) => findIssue(api, number, signal),
    isIssueEdited: (number, since, signal) => isIssueEdited(api, number, since, signal),
  };
}

async function findUser(api: GitLabApi, name: string, signal: AbortSignal | undefined) {
  const found = await api.callAnywhere({ method: 'GET', path: '/users', query: { username: name }, signal });
  return readReply(found, z.array(userSchema)).find(
    ({ username }) => username.toLowerCase() === name.toLowerCase(),
  );
}

/** Only a published address: GitLab servers do not agree on the form of their own private addresses. */
async function findPerson(
  api: GitLabApi,
  login: string,
  signal: AbortSignal | undefined,
): Promise<GitPerson | null> {
  const user = await findUser(api, login, signal);
  if (!user) return null;
  const reply = await api.callAnywhere({ method: 'GET', path: `/users/${user.id}`, signal });
  const { name, username, public_email: email } = readReply(reply, shownSchema);
  return email ? { name: name || username, email } : null;
}

/** Inherited membership counts too; a blocked member does not. */
async function mayWrite(api: GitLabApi, name: string, signal: AbortSignal | undefined): Promise<boolean> {
  const user = await findUser(api, name, signal);
  if (!user) return false;
  const reply = await api.call({ method: 'GET', path: `/members/all/${user.id}`, answers: [404], signal });
  if (reply.status !== 200) return false;
  const { access_level: level, state } = readReply(reply, memberSchema);
  return level >= developer && (state ?? 'active') === 'active';
}

function noSuchCredential(host: string): ConfigurationError {
  return forgeFailures.FORGE_CREDENTIAL_UNSUITABLE('sign in', { host });
}
