// Pull requests, checks, remarks and issues on Gitea and Forgejo.
import type { Forge } from '../../engine/ports/forge.ts';
import type { ForgeHost } from '../../store/work/pull-requests/forge-hosts.ts';
import type { AdapterOptions, ForgeAdapter } from '../adapter.ts';
import { createAnswerCache } from '../answer-cache.ts';
import { createCallHost } from '../call-host.ts';
import { type TokenSource, tokenSource } from '../credentials.ts';
import { createLimitsOf } from '../host-limits.ts';
import { credentialsMissing } from '../secret-source.ts';
import { readLog, rerun } from './actions.ts';
import { createGiteaApi, type GiteaApi } from './api.ts';
import { cancelAutoMerge } from './cancel-auto-merge.ts';
import { readChecks } from './checks.ts';
import { findIssue, isIssueEdited, listIssues } from './issues.ts';
import { mergePull } from './merge.ts';
import { createPullRequests } from './pull-requests.ts';
import { readRemarks, resolveThread } from './remarks.ts';
import { findPerson, type GiteaUser, inspect, mayWrite, readUser } from './rights.ts';
import { say } from './say.ts';

/** Gitea's database columns hold more, but its pages do not show more than this. */
const bodyCharsMax = 1_000_000;
/** The column in Gitea's database has 255; the prefix of a draft needs some of them. */
const titleCharsMax = 240;

/** The forges that this builds share answers and limits. */
export function createGiteaForges(options: AdapterOptions): ForgeAdapter {
  const { clock } = options;
  const cache = createAnswerCache();
  const limitsOf = createLimitsOf(options);
  return ({ host: row, path }) => {
    const { host, apiUrl } = row;
    const tokens = tokensOf(row, options);
    const authorization = async (signal?: AbortSignal) => `token ${(await tokens.token(signal)).token}`;
    const place = { host, apiUrl, clock, limits: limitsOf(host), authorization };
    return forgeOf(createGiteaApi(host, path, createCallHost(place, cache)), tokens);
  };
}

function tokensOf({ host, credential }: ForgeHost, options: AdapterOptions): TokenSource {
  if (credential.source === 'app' || credential.source === 'gh')
    throw credentialsMissing(host, 'Gitea needs a token, not an App or gh');
  const { read, programEnvironment, clock } = options;
  return tokenSource(host, credential, { read, programEnvironment, now: () => clock.now() });
}

function forgeOf(api: GiteaApi, tokens: TokenSource): Forge {
  const pulls = createPullRequests(api);
  let known: GiteaUser | null = null;
  const user = async (signal?: AbortSignal): Promise<GiteaUser> => {
    known ??= await readUser(api, signal);
    return known;
  };
  return {
    kind: 'gitea',
    host: api.host,
    repository: api.repository,
    hasChecks: true,
    limits: { bodyChars: bodyCharsMax, titleChars: titleCharsMax },
    inspect: (signal) => inspect(api, signal),
    gitCredentials: async (signal) => {
      const { token, expiresAt } = await tokens.token(signal);
      return { user: (await user(signal)).login, password: token, expiresAt };
    },
    commitIdentity: async (signal) => {
      const { login, full_name, email } = await user(signal);
      return email === '' ? null : { name: full_name || login, email };
    },
    findPerson: async (login, signal) => findPerson(api, { login, asker: await user(signal) }, signal),
    openPullRequest: pulls.open,
    findPullRequest: pulls.find,
    updatePullRequest: pulls.update,
    closePullRequest: pulls.close,
    mergePullRequest: (number, order, signal) => mergePull(api, pulls, { number, order }, signal),
    cancelAutoMerge: (number, signal) => cancelAutoMerge(api, number, signal),
    readChecks: (of, signal) => readChecks(api, of, signal),
    readLog: (check, signal) => readLog(api, check, signal),
    rerun: (check, signal) => rerun(api, check, signal),
    readRemarks: async (number, since, signal) =>
      readRemarks(api, { number, since, login: (await user(signal)).login }, signal),
    say: async (saying, signal) => say(api, saying, (await user(signal)).login, signal),
    resolveThread: (remark, signal) => resolveThread(api, remark, signal),
    mayWrite: (login, signal) => mayWrite(api, login, signal),
    listIssues: (by, signal) => listIssues(api, by, signal),
    findIssue: (number, signal) => findIssue(api, number, signal),
    isIssueEdited: (number, since, signal) => isIssueEdited(api, number, since, signal),
  };
}
