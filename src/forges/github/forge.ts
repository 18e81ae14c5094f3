// The forge on GitHub: github.com, GitHub Enterprise Server, and hosts with data residency.
import { z } from 'zod';
import { isMooseError } from '../../domain/failure.ts';
import type { Forge } from '../../engine/ports/forge.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { AdapterOptions, ForgeAdapter } from '../adapter.ts';
import { createAnswerCache } from '../answer-cache.ts';
import { type CallHost, createCallHost, readReply } from '../call-host.ts';
import { createLimitsOf } from '../host-limits.ts';
import { createAccount, findPerson, type GitHubAccount } from './account.ts';
import { createGitHubApi, type GitHubApi, graphqlUrlOf } from './api.ts';
import { cancelAutoMerge } from './cancel-auto-merge.ts';
import { createChecks } from './checks.ts';
import { inspect } from './inspect.ts';
import { findIssue, isIssueEdited, listIssues } from './issues.ts';
import type { JobFacts } from './jobs.ts';
import { mergePull } from './merge.ts';
import { createPullRequests } from './pull-requests.ts';
import { readQueue } from './read-queue.ts';
import { readRemarks, say } from './remarks.ts';
import { signCommit } from './sign-commit.ts';
import { resolveThread } from './threads.ts';

/** GitHub counts characters. */
const limits = { bodyChars: 65_536, titleChars: 256 };
const headers = { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' };
const accountsMax = 1_000;
const permissionSchema = z.looseObject({ permission: z.string() });

/** Tokens, answers and facts about jobs are shared by the forges that it builds. */
export function createGitHubForges(options: AdapterOptions): ForgeAdapter {
  const { clock, read, programEnvironment } = options;
  const cache = createAnswerCache();
  const jobs = new Map<number, JobFacts>();
  const accounts = new Map<string, GitHubAccount>();
  const limitsOf = createLimitsOf(options);
  return ({ host: row, path }) => {
    const { host, apiUrl, credential } = row;
    const [owner = '', name = ''] = path.split('/');
    const repository = { owner, name };
    const place = { host, apiUrl, headers, clock, limits: limitsOf(host) };
    const key = JSON.stringify([host, apiUrl, credential, path.toLowerCase()]);
    const account =
      accounts.get(key) ??
      createAccount({
        host,
        credential,
        repository,
        read,
        programEnvironment,
        clock,
        callAs: (authorization) => createCallHost({ ...place, authorization }, cache),
      });
    accounts.set(key, account);
    const [oldest] = accounts.keys();
    if (accounts.size > accountsMax && oldest !== undefined) accounts.delete(oldest);
    const callHost = renewing(
      createCallHost({ ...place, authorization: account.authorization }, cache),
      account,
    );
    const graphqlUrl = graphqlUrlOf(apiUrl);
    const api = createGitHubApi({ host, repository, callHost, limits: place.limits, graphqlUrl });
    return forgeOf(api, { account, jobs, clock });
  };
}

/** A token may be revoked early: the call that finds out fails, and the next call gets a new token. */
function renewing(callHost: CallHost, account: GitHubAccount): CallHost {
  return async (call) => {
    try {
      return await callHost(call);
    } catch (cause) {
      if (isMooseError(cause) && cause.code === 'FORGE_CREDENTIALS_REFUSED') account.forget();
      throw cause;
    }
  };
}

function forgeOf(
  api: GitHubApi,
  { account, jobs, clock }: { account: GitHubAccount; jobs: Map<number, JobFacts>; clock: Clock },
): Forge {
  const { owner, name } = api.repository;
  const pulls = createPullRequests(api);
  const checks = createChecks(api, jobs);
  const call = api.callAnywhere;
  return {
    kind: 'github',
    host: api.host,
    repository: `${owner}/${name}`,
    limits,
    hasChecks: true,
    inspect: async (signal) => inspect(api, await account.describe(call, signal), clock.now(), signal),
    gitCredentials: (signal) => account.gitCredentials(signal),
    commitIdentity: (signal) => account.commitIdentity(call, signal),
    findPerson: (login, signal) => findPerson(api, login, signal),
    signCommit: (change, signal) => signCommit(api, change, account.isApp, signal),
    openPullRequest: pulls.open,
    findPullRequest: pulls.find,
    updatePullRequest: pulls.update,
    closePullRequest: pulls.close,
    mergePullRequest: (number, order, signal) => mergePull(api, pulls, { number, order }, signal),
    readQueue: (of, signal) => readQueue(api, checks, of, signal),
    cancelAutoMerge: (number, signal) => cancelAutoMerge(api, number, signal),
    readChecks: checks.read,
    readLog: checks.log,
    rerun: checks.rerun,
    readRemarks: async (number, since, signal) =>
      readRemarks(api, { number, since, ownLogin: await account.login(call, signal) }, signal),
    say: async (saying, signal) => say(api, saying, await account.login(call, signal), signal),
    resolveThread: (remark, signal) => resolveThread(api, remark, signal),
    mayWrite: (login, signal) => mayWrite(api, login, signal),
    listIssues: (by, signal) => listIssues(api, by, signal),
    findIssue: (number, signal) => findIssue(api, number, signal),
    isIssueEdited: (number, since, signal) => isIssueEdited(api, number, since, signal),
  };
}

/** `maintain` shows as write and `triage` as read; an App is not listed. */
async function mayWrite(api: GitHubApi, login: string, signal: AbortSignal | undefined): Promise<boolean> {
  const path = `/collaborators/${encodeURIComponent(login)}/permission`;
  const reply = await api.call({ method: 'GET', path, answers: [404], signal });
  if (reply.status !== 200) return false;
  const { permission } = readReply(reply, permissionSchema);
  return permission === 'admin' || permission === 'write';
}
