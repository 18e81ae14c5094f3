// Distinguishes a remote's failures: missing, no access, refused, or unreachable. As in `git-failure.ts`, the first
// matching rule applies, and each sample is a test.

import { realpath } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { MooseError, ProcessEvidence, TransientError } from '../../domain/failure.ts';
import { gitFailures } from '../failure-catalogue.ts';
import type { GitCall } from '../run/git-call.ts';
import { failureByRule, findFailureRule, type GitFailureRule } from '../run/git-failure.ts';
import { isThere } from '../run/is-there.ts';
import { type GitText, runGit } from '../run/run-git.ts';
import { redactUrls } from './redact-url.ts';
import { loginVariables } from './remote-credentials.ts';

export const remoteFailureRules: readonly GitFailureRule[] = [
  {
    failure: 'REMOTE_REJECTED_MOVED',
    pattern:
      /\(stale info\)|\(non-fast-forward\)|\(fetch first\)|\(needs force\)|reference already exists|cannot lock ref|failed to update ref/,
    sample: '!\tabc:refs/heads/a\t[rejected] (stale info)',
  },
  {
    failure: 'REMOTE_WORKFLOWS_NOT_ALLOWED',
    pattern: /without .workflows?. (?:permission|scope)/,
    sample:
      '!\tabc:refs/heads/a\t[remote rejected] (refusing to allow a GitHub App to create or update workflow `.github/workflows/ci.yml` without `workflows` permission)',
  },
  {
    failure: 'REMOTE_SIGNATURES_REQUIRED',
    pattern: /commits must have (?:verified|valid) signatures/i,
    sample: 'remote: - Commits must have verified signatures.',
  },
  {
    failure: 'REMOTE_REJECTED',
    pattern:
      /hook declined|protected branch|branch is currently checked out|\[remote rejected\]|GH\d{3}: |pre-receive/,
    sample: '!\tabc:refs/heads/a\t[remote rejected] (pre-receive hook declined)',
  },
  {
    failure: 'REMOTE_READ_ONLY',
    pattern:
      /(?:repository|project)\b[^\n]{0,40}\b(?:archived|read-only|disabled|locked)\b|archived so it is read-only|mirror repository/i,
    sample: 'remote: This repository was archived so it is read-only.',
  },
  {
    failure: 'REMOTE_AUTH',
    pattern:
      /Authentication failed|could not read (Username|Password)|terminal prompts disabled|Invalid username or/i,
    sample: "fatal: could not read Username for 'https://example.org': terminal prompts disabled",
  },
  {
    failure: 'REMOTE_AUTH',
    pattern:
      /Permission denied \(|Host key verification failed|Permission to \S+ denied|access .*not granted/i,
    sample: 'git@example.org: Permission denied (publickey).',
  },
  {
    failure: 'REMOTE_AUTH',
    pattern: /returned error: 40[13]\b/,
    sample: "fatal: unable to access 'https://example.org/a.git/': The requested URL returned error: 403",
  },
  {
    failure: 'REMOTE_MISSING',
    pattern:
      /does not appear to be a git repository|repository '[^']*' not found|Repository not found|returned error: 40[04]\b/i,
    sample: "fatal: '/tmp/nowhere' does not appear to be a git repository",
  },
  {
    failure: 'REMOTE_MISSING',
    pattern:
      /not valid: is this a git repository\?|'[^']*' is not a git (command|repository)|Unable to find remote helper|transport '[^']*' not allowed/,
    sample: "fatal: transport 'ext' not allowed",
  },
  {
    failure: 'REMOTE_HOST_UNKNOWN',
    pattern:
      /Could not resolve (host|proxy|hostname)|Name or service not known|Temporary failure in name resolution/i,
    sample:
      "fatal: unable to access 'https://nowhere.example/a.git/': Could not resolve host: nowhere.example",
  },
  {
    failure: 'REMOTE_UNREACHABLE',
    pattern:
      /Connection (refused|reset|timed out|closed)|Operation timed out|Network is unreachable|No route to host|Failed to connect/i,
    sample:
      "fatal: unable to access 'http://127.0.0.1:1/a.git/': Failed to connect to 127.0.0.1 port 1 after 0 ms: Couldn't connect to server",
  },
  {
    failure: 'REMOTE_UNREACHABLE',
    pattern:
      /remote end hung up|early EOF|RPC failed|unexpected disconnect|returned error: (429|5\d\d)\b|Empty reply|SSL|gnutls|kex_exchange|unable to access/i,
    sample: 'fatal: the remote end hung up unexpectedly',
  },
  {
    failure: 'REMOTE_MISSING',
    pattern: /Could not read from remote repository/,
    sample: 'fatal: Could not read from remote repository.',
  },
];

/** Long enough for a push or fetch of a big repository over a slow connection. */
const remoteTimeoutMs = 300_000;

/**
 * `runGit` for commands that contact a remote.
 * @throws REMOTE_MISSING, REMOTE_AUTH, REMOTE_REJECTED, REMOTE_UNREACHABLE, REMOTE_HOST_UNKNOWN
 */
export async function runRemoteGit(
  cwd: string,
  args: readonly string[],
  remoteUrl: string,
  call: GitCall = {},
): Promise<GitText> {
  const named = (failure: MooseError) => remoteFailure(failure, remoteUrl) ?? failure;
  const remotePath = await pathOfRemote(remoteUrl);
  const env = { ...(await loginVariables(remoteUrl, call.signal)), ...call.env };
  return runGit(cwd, args, { timeoutMs: remoteTimeoutMs, named, remotePath, ...call, env, isRemote: true });
}

/** git's own directory of a remote on this machine, so that its leftover locks can be recognised. */
async function pathOfRemote(url: string): Promise<string | undefined> {
  const path = url.startsWith('file://') ? url.slice('file://'.length) : url;
  if (!isAbsolute(path)) return undefined;
  const inner = join(path, '.git');
  return realpath((await isThere(inner)) ? inner : path).catch(() => undefined);
}

/** Codes that may hide a remote's message, because git prints the remote's output like its own. */
const vagueCodes = ['GIT_FAILED', 'REF_MOVED', 'REF_BLOCKED', 'REPOSITORY_NOT_FOUND'];

function remoteFailure(error: MooseError, remoteUrl: string): MooseError | null {
  const evidence = error.metadata.process as ProcessEvidence | undefined;
  if (error.code === 'GIT_TIMEOUT') return noAnswer(error, remoteUrl);
  if (!evidence || !vagueCodes.includes(error.code)) return null;
  const rule = findFailureRule(
    remoteFailureRules,
    `${evidence.stderrTail ?? ''}\n${evidence.stdoutTail ?? ''}`,
  );
  if (!rule) return null;
  const metadata = { remoteUrl: redactUrls(remoteUrl) };
  return failureByRule(rule, {
    operation: error.operation,
    cwd: String(error.metadata.cwd),
    evidence,
    metadata,
    cause: error,
  });
}

/** A remote that accepts a connection and never answers is away, too. */
function noAnswer(error: MooseError, remoteUrl: string): TransientError {
  const { operation, message } = error;
  const metadata = { ...error.metadata, remoteUrl: redactUrls(remoteUrl) };
  return gitFailures.REMOTE_UNREACHABLE_IN_TIME(
    { operation, metadata, cause: error },
    { operation, message },
  );
}
