// The account that Moose uses on one GitHub host: its tokens, its name, and the author of its commits.
import { z } from 'zod';
import type { ForgeCredential } from '../../domain/forge/forge.ts';
import type { GitPerson } from '../../domain/forge/git-person.ts';
import type { GitCredentials } from '../../engine/ports/forge.ts';
import type { Clock } from '../../stdx/clock.ts';
import { type CallHost, readReply } from '../call-host.ts';
import { type ProgramEnvironment, type TokenSource, tokenSource } from '../credentials.ts';
import { type ReadVariable, readSecret } from '../secret-source.ts';
import type { GitHubApi, Repository } from './api.ts';
import { type AppToken, createAppToken } from './app-token.ts';
import type { Account } from './inspect.ts';

const userSchema = z.looseObject({
  id: z.number(),
  login: z.string(),
  name: z.string().nullish(),
  type: z.string().nullish(),
});

export interface GitHubAccount {
  readonly isApp: boolean;
  authorization(signal?: AbortSignal): Promise<string>;
  gitCredentials(signal?: AbortSignal): Promise<GitCredentials>;
  /** Null for the account of a person, who must not appear as the author of work by Moose. */
  commitIdentity(call: CallHost, signal?: AbortSignal): Promise<GitPerson | null>;
  login(call: CallHost, signal?: AbortSignal): Promise<string>;
  describe(call: CallHost, signal?: AbortSignal): Promise<Account>;
  /** Drops a refused token, so that the next call gets a new one. */
  forget(): void;
}

export function createAccount(options: {
  host: string;
  credential: ForgeCredential;
  repository: Repository;
  read: ReadVariable;
  programEnvironment: ProgramEnvironment;
  clock: Clock;
  callAs(authorization: (signal?: AbortSignal) => Promise<string>): CallHost;
}): GitHubAccount {
  const { host, credential, repository, read, programEnvironment, clock, callAs } = options;
  const app: AppToken | null =
    credential.source === 'app'
      ? createAppToken({
          host,
          appId: credential.appId,
          repository,
          callAs,
          clock,
          readKey: () => readSecret(host, credential.key, read),
        })
      : null;
  const tokens: TokenSource =
    app ??
    tokenSource(host, credential as Exclude<ForgeCredential, { source: 'app' }>, {
      read,
      programEnvironment,
      now: () => clock.now(),
    });
  let known: z.infer<typeof userSchema> | null = null;
  const user = async (call: CallHost, signal?: AbortSignal) => {
    if (known === null) {
      const path = app ? `/users/${encodeURIComponent(`${await app.slug(signal)}[bot]`)}` : '/user';
      known = readReply(await call({ method: 'GET', path, signal }), userSchema);
    }
    return known;
  };
  return {
    isApp: app !== null,
    authorization: async (signal) => `Bearer ${(await tokens.token(signal)).token}`,
    gitCredentials: async (signal) => {
      const { token, expiresAt } = await tokens.token(signal);
      return { user: 'x-access-token', password: token, expiresAt };
    },
    commitIdentity: async (call, signal) => {
      if (app === null) return null;
      const { id, login } = await user(call, signal);
      return { name: login, email: noreplyOf(host, { id, login }) };
    },
    login: async (call, signal) => (await user(call, signal)).login,
    describe: async (call, signal) => {
      const { login } = await user(call, signal);
      if (app) return { kind: 'app', login, permissions: await app.permissions(signal) };
      const { token } = await tokens.token(signal);
      return { kind: credential.source === 'gh' ? 'gh' : 'token', login, token };
    },
    forget: () => {
      known = null;
      tokens.forget();
    },
  };
}

/** GitHub credits commits with this address to the account, whether or not its own address is public. */
function noreplyOf(host: string, { id, login }: { id: number; login: string }): string {
  return `${id}+${login}@users.noreply.${host}`;
}

/** Null for a missing login, and for a program, which never requests anything in its own name. */
export async function findPerson(
  { host, callAnywhere }: Pick<GitHubApi, 'host' | 'callAnywhere'>,
  login: string,
  signal?: AbortSignal,
): Promise<GitPerson | null> {
  const path = `/users/${encodeURIComponent(login)}`;
  const reply = await callAnywhere({ method: 'GET', path, answers: [404], signal });
  if (reply.status === 404) return null;
  const user = readReply(reply, userSchema);
  if (user.type === 'Bot') return null;
  return { name: user.name || user.login, email: noreplyOf(host, user) };
}
