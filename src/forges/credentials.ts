// A token of a forge, for the API and for git: from a variable, a file, or the login of GitHub's command line.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ForgeCredential } from '../domain/forge/forge.ts';
import { rememberSecrets } from '../domain/secrets/known-secrets.ts';
import { credentialsMissing, type ReadVariable, readSecret } from './secret-source.ts';

/** How an adapter authenticates. */
export interface TokenSource {
  /** A token that is valid now. @throws ConfigurationError `FORGE_CREDENTIALS_MISSING` */
  token(signal?: AbortSignal): Promise<{ token: string; expiresAt: Date | null }>;
  /** Drops a refused token, so that the next call looks for another one. */
  forget(): void;
}

export interface ProgramEnvironment {
  readonly [name: string]: string | undefined;
}

const run = promisify(execFile);
const ghMs = 10_000;
/** The login rarely changes, and each read starts a program. */
const ghKeptMs = 60_000;

/** For every credential except a GitHub App. */
export function tokenSource(
  host: string,
  credential: Exclude<ForgeCredential, { source: 'app' }>,
  given: { read: ReadVariable; programEnvironment: ProgramEnvironment; now: () => Date },
): TokenSource {
  if (credential.source !== 'gh')
    return {
      token: async () => ({ token: await readSecret(host, credential, given.read), expiresAt: null }),
      // Read each time, so that a renewed token takes effect.
      forget: () => undefined,
    };
  let kept: { token: string; untilMs: number } | null = null;
  return {
    token: async (signal) => {
      const nowMs = given.now().getTime();
      if (kept === null || kept.untilMs < nowMs)
        kept = { token: await askGh(host, given.programEnvironment, signal), untilMs: nowMs + ghKeptMs };
      return { token: kept.token, expiresAt: null };
    },
    forget: () => {
      kept = null;
    },
  };
}

async function askGh(
  host: string,
  environment: ProgramEnvironment,
  signal: AbortSignal | undefined,
): Promise<string> {
  let said = '';
  try {
    const args = ['auth', 'token', '--hostname', host];
    const { stdout } = await run('gh', args, {
      env: environment,
      timeout: ghMs,
      maxBuffer: 64 * 1024,
      ...(signal ? { signal } : {}),
    });
    said = stdout.trim();
  } catch (cause) {
    signal?.throwIfAborted();
    throw credentialsMissing(
      host,
      `\`gh auth token --hostname ${host}\` failed: is gh installed and signed in?`,
      cause,
    );
  }
  if (said === '') throw credentialsMissing(host, '`gh auth token` printed nothing');
  rememberSecrets([{ name: 'gh-token', value: said }], { isGiven: true });
  return said;
}
