// The token of a GitHub App for one repository: made from the App's key, limited to that repository, and renewed before
// it expires. It is kept only in memory.

import { createSign } from 'node:crypto';
import { z } from 'zod';
import { rememberSecrets } from '../../domain/secrets/known-secrets.ts';
import type { Clock } from '../../stdx/clock.ts';
import { type CallHost, type HostReply, readReply, unexpectedAnswer } from '../call-host.ts';
import type { TokenSource } from '../credentials.ts';
import { forgeFailures } from '../failure-catalogue.ts';

/** Clocks differ, and GitHub refuses a token that was issued in its own future. */
const issuedEarlierS = 60;
/** GitHub allows ten minutes by its own clock. */
const lastsS = 9 * 60;
/** A token must remain valid until the end of a push that started with it. */
const renewBeforeMs = 10 * 60_000;

/** The rights that Moose needs in a repository. GitHub refuses a request for rights that the App does not have. */
const wanted: Readonly<Record<string, readonly string[]>> = {
  contents: ['write', 'read'],
  pull_requests: ['write', 'read'],
  issues: ['write', 'read'],
  checks: ['read'],
  statuses: ['read'],
  actions: ['write', 'read'],
  workflows: ['write'],
  administration: ['read'],
  metadata: ['read'],
};

const installationSchema = z.looseObject({
  id: z.number(),
  permissions: z.record(z.string(), z.string()).catch({}),
});
const tokenSchema = z.looseObject({
  token: z.string().min(1),
  expires_at: z.string(),
  permissions: z.record(z.string(), z.string()).optional(),
});
const appSchema = z.looseObject({ slug: z.string() });

export interface AppToken extends TokenSource {
  /** The name of the App's own account is `SLUG[bot]`. */
  slug(signal?: AbortSignal): Promise<string>;
  /** What the App may do in this repository. */
  permissions(signal?: AbortSignal): Promise<Readonly<Record<string, string>>>;
}

export interface AppOptions {
  host: string;
  appId: string;
  repository: { owner: string; name: string };
  readKey(): Promise<string>;
  /** Calls the host with the given authorization. */
  callAs(authorization: (signal?: AbortSignal) => Promise<string>): CallHost;
  clock: Clock;
}

interface Granted {
  token: string;
  expiresAt: Date;
  permissions: Readonly<Record<string, string>>;
}

export function createAppToken(options: AppOptions): AppToken {
  const { host, appId, repository, readKey, callAs, clock } = options;
  const asApp = callAs(async () => `Bearer ${signJwt(host, appId, await readKey(), clock.now())}`);
  let granted: Granted | null = null;
  let slug: string | null = null;
  const renew = async (signal?: AbortSignal): Promise<Granted> => {
    const { id, permissions } = await installationOf(asApp, host, repository, signal);
    const reply = await asApp({
      method: 'POST',
      path: `/app/installations/${id}/access_tokens`,
      body: { repositories: [repository.name], permissions: narrowed(permissions) },
      // Repeating it is harmless, so it does not wait for a turn among writes.
      isWrite: false,
      signal,
    });
    if (reply.status !== 201) throw unexpectedAnswer(reply);
    const made = readReply(reply, tokenSchema);
    rememberSecrets([{ name: 'forge-app-token', value: made.token }], { isGiven: true });
    return { token: made.token, expiresAt: new Date(made.expires_at), permissions };
  };
  const current = async (signal?: AbortSignal): Promise<Granted> => {
    const isFresh = granted !== null && granted.expiresAt.getTime() - clock.now().getTime() > renewBeforeMs;
    if (granted === null || !isFresh) granted = await renew(signal);
    return granted;
  };
  return {
    token: current,
    forget: () => {
      granted = null;
    },
    permissions: async (signal) => (await current(signal)).permissions,
    slug: async (signal) => {
      slug ??= readReply(await asApp({ method: 'GET', path: '/app', signal }), appSchema).slug;
      return slug;
    },
  };
}

async function installationOf(
  asApp: CallHost,
  host: string,
  { owner, name }: AppOptions['repository'],
  signal: AbortSignal | undefined,
): Promise<z.infer<typeof installationSchema>> {
  const path = `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(name)}/installation`;
  const reply: HostReply = await asApp({ method: 'GET', path, answers: [404], signal });
  if (reply.status === 200) return readReply(reply, installationSchema);
  throw forgeFailures.FORGE_APP_NOT_INSTALLED(
    { operation: 'find installation', metadata: { host } },
    { owner, name, host },
  );
}

/** The rights that Moose wants and that the App has: a token cannot have more. */
function narrowed(granted: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(wanted).flatMap(([name, levels]) => {
      const has = granted[name];
      if (has === undefined) return [];
      const level = levels.find((each) => each === has || has === 'write' || has === 'admin');
      return level === undefined ? [] : [[name, level]];
    }),
  );
}

/** RS256, as GitHub requires (RFC 7515). */
export function signJwt(host: string, appId: string, key: string, now: Date): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const nowS = Math.floor(now.getTime() / 1_000);
  const head = part({ alg: 'RS256', typ: 'JWT' });
  const claims = part({ iat: nowS - issuedEarlierS, exp: nowS + lastsS, iss: appId });
  try {
    const signature = createSign('RSA-SHA256').update(`${head}.${claims}`).sign(key, 'base64url');
    return `${head}.${claims}.${signature}`;
  } catch (cause) {
    throw forgeFailures.FORGE_APP_KEY_INVALID({ operation: 'sign', metadata: { host }, cause }, { host });
  }
}
