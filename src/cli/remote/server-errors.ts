// Why a server's answer cannot be used, in words for whoever typed the command.

import type { PermanentError, TransientError } from '../../domain/failure.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { cliFailures } from '../failure-catalogue.ts';

/** `fetch` reports every failure of the connection as a TypeError. */
export function isConnectionFailure(cause: unknown): boolean {
  return cause instanceof TypeError || (cause instanceof DOMException && cause.name === 'TimeoutError');
}

/** Nothing listens at the address. */
export function isRefused(cause: unknown): boolean {
  return cause instanceof Error && hasErrorCode(cause.cause, 'ECONNREFUSED');
}

/** A failure without an answer; every other cause stays as it is. */
export function unreachable(
  cause: unknown,
  { url, isUnsure }: { url: string; isUnsure: boolean },
  signal: AbortSignal,
): unknown {
  if (signal.aborted || !isConnectionFailure(cause)) return cause;
  const inner = cause instanceof Error ? cause.cause : undefined;
  const why = isRefused(cause) ? 'it refuses connections' : reasonOf(inner ?? cause);
  if (isUnsure) return lost(url, cause, why);
  return cliFailures.SERVER_UNREACHABLE({ operation: 'call the server', cause }, { url, why });
}

/** Nobody knows whether the change was made. */
export function lost(url: string, cause: unknown, why: string = reasonOf(cause)): TransientError {
  return cliFailures.SERVER_ANSWER_LOST(
    { operation: 'call the server', cause },
    { url, why: why.replace(/\.$/, '') },
  );
}

/** A page can show old data with a notice, but a command's output would be taken for current data. */
export function old(url: string, asOf: string): TransientError {
  return cliFailures.SERVER_ANSWER_OLD('call the server', { url, asOf: asOf.slice(0, 40) });
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** The server accepted the request, but its answer is that of another version. */
export function otherVersion(given: {
  url: string;
  isChange: boolean;
  version: string | null;
  problem: string;
}): PermanentError {
  const { url, isChange, version, problem } = given;
  const runs = version === null ? '' : ` It runs Moose ${version}.`;
  const done = isChange
    ? ' The server accepted what you asked for: check with `moose ls` or `moose audit` before you repeat it.'
    : '';
  return cliFailures.SERVER_ANSWER_UNREADABLE('call the server', { url, problem, runs, done });
}

/** The answer is not that of a Moose of this version. */
export function unreadable(url: string, what: string): PermanentError {
  return cliFailures.SERVER_ANSWER_UNREADABLE_OTHER_VERSION('call the server', { url, what });
}
