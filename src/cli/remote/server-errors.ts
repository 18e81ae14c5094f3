// Why a server's answer cannot be used, in words for whoever typed the command.
import { PermanentError, TransientError } from '../../domain/failure.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';

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
  return new TransientError({
    code: 'SERVER_UNREACHABLE',
    component: 'cli',
    operation: 'call the server',
    message: `The Moose at ${url} does not answer: ${why}.`,
    advice:
      'Check MOOSE_URL, and that `moose up` runs there. Without MOOSE_URL, Moose works on this machine.',
    cause,
  });
}

/** Nobody knows whether the change was made. */
export function lost(url: string, cause: unknown, why: string = reasonOf(cause)): TransientError {
  return new TransientError({
    code: 'SERVER_ANSWER_LOST',
    component: 'cli',
    operation: 'call the server',
    message: `The Moose at ${url} did not answer, so it may or may not have done what you asked: ${why.replace(/\.$/, '')}.`,
    advice: 'Check first, for example with `moose ls` or `moose audit`, before you try again.',
    cause,
  });
}

/** A page can show old data with a notice, but a command's output would be taken for current data. */
export function old(url: string, asOf: string): TransientError {
  return new TransientError({
    code: 'SERVER_ANSWER_OLD',
    component: 'cli',
    operation: 'call the server',
    message: `The Moose at ${url} can only return old data, from ${asOf.slice(0, 40)}: its database does not answer.`,
    advice: 'Try again later; `moose doctor` on that machine says what is wrong with its database.',
  });
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
  return new PermanentError({
    code: 'SERVER_ANSWER_UNREADABLE',
    component: 'cli',
    operation: 'call the server',
    message: `${url} does not answer as this version of Moose expects (${problem}).${runs}${done}`,
    advice:
      'Run the same version on both machines: `moose --version` shows yours, and `moose upgrade` says how to change it. Also check MOOSE_URL.',
  });
}

/** The answer is not that of a Moose of this version. */
export function unreadable(url: string, what: string): PermanentError {
  return new PermanentError({
    code: 'SERVER_ANSWER_UNREADABLE',
    component: 'cli',
    operation: 'call the server',
    message: `${url} does not answer as this version of Moose expects (${what}).`,
    advice: 'Check MOOSE_URL, and that the same version of Moose runs on both machines.',
  });
}
