// Every failure of a call to a forge's host, as a MooseError. `metadata.mayHaveHappened` is true if the host may have
// done what it was asked, although it did not say so.

import type { MooseError } from '../domain/failure.ts';
import { durationText } from '../domain/text/duration.ts';
import { visibleLine } from '../domain/text/visible-text.ts';
import type { SendFailure } from '../stdx/send-once.ts';
import { errorCode } from '../stdx/system-error.ts';
import { forgeFailures } from './failure-catalogue.ts';

/** What is known about a call before it is made. */
export interface CallFacts {
  host: string;
  method: string;
  /** Without its query. */
  path: string;
  isWrite: boolean;
  timeoutMs: number;
}

/** The maximum length of a host's message in an error. */
const saidCharsMax = 500;
/** The shortest delay before a failed call is retried. */
const againMs = 1_000;

export function boundedLine(text: string): string {
  return visibleLine(text.slice(0, saidCharsMax * 2)).slice(0, saidCharsMax);
}

function restOf({ host, method, path, isWrite }: CallFacts, more: Record<string, unknown> = {}) {
  return {
    operation: `${method} ${path}`.slice(0, 200),
    metadata: { host, isWrite, circuit: `forge:${host}`, ...more },
  };
}

/** No answer, or an incomplete one. */
export function sendFailure(failure: SendFailure, facts: CallFacts): MooseError {
  const { host, isWrite, timeoutMs } = facts;
  const { cause } = failure;
  const happening = { mayHaveHappened: isWrite && failure.mayHaveArrived };
  switch (failure.reason) {
    case 'timeout':
      return forgeFailures.FORGE_TIMEOUT(
        { ...restOf(facts, happening), cause },
        { host, limit: durationText(timeoutMs) },
      );
    case 'too large':
      return forgeFailures.FORGE_ANSWER_TOO_LARGE({ ...restOf(facts, happening) }, { host });
    case 'unreachable': {
      const reason = errorCode(cause) ?? 'unknown';
      const raise = untrusted.test(reason) ? forgeFailures.FORGE_UNTRUSTED : forgeFailures.FORGE_UNREACHABLE;
      return raise({ ...restOf(facts, { reason, ...happening }), cause }, { host, reason });
    }
  }
}

/** The host answers, but its certificate is not valid, so a retry does not help. */
const untrusted = /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_|ERR_SSL_)/;

/** A failure status that the adapter does not handle itself. */
export function statusFailure(status: number, said: string, facts: CallFacts): MooseError {
  const { host, isWrite } = facts;
  const words = boundedLine(said);
  const told = words === '' ? `HTTP ${status}` : `HTTP ${status}: ${words.replace(/\.$/, '')}`;
  const rest = restOf(facts, { status, hostMessage: words });
  if (status === 401) return forgeFailures.FORGE_CREDENTIALS_REFUSED(rest, { host, told });
  if (status === 403) return forgeFailures.FORGE_FORBIDDEN(rest, { host, told });
  if (status === 404 || status === 410)
    return forgeFailures.FORGE_NOT_FOUND(rest, { host, path: facts.path, told });
  // 429 arrives here only from the host of a log; a forge that says so is paused.
  if (status >= 500 || status === 408 || status === 429)
    return forgeFailures.FORGE_UNAVAILABLE(
      { ...rest, metadata: { ...rest.metadata, mayHaveHappened: isWrite }, retryAfterMs: againMs },
      { host, told },
    );
  if (status >= 300 && status < 400)
    return forgeFailures.FORGE_REDIRECTED(rest, { host, path: facts.path, told });
  return refusal(status, said, facts);
}

/** The host understood the request and refused it; it would refuse the same request again. */
export function refusal(status: number, said: string, facts: CallFacts): MooseError {
  const words = boundedLine(said);
  return forgeFailures.FORGE_REFUSED(
    { ...restOf(facts, { status, hostMessage: words }) },
    { host: facts.host, status, said: words.replace(/\.$/, '') || 'it gave no reason' },
  );
}

/** The host that has a log does not give it. That says nothing about the forge, which only names the address. */
export function logUnreadable(reason: string, { host }: CallFacts, cause?: SendFailure): MooseError {
  // A host that does not answer in minutes is not asked again at once.
  const facts = { operation: 'read log', metadata: { host }, cause };
  const words = { host, reason: boundedLine(reason) };
  return cause?.reason === 'timeout'
    ? forgeFailures.FORGE_LOG_UNREADABLE_IN_TIME(facts, words)
    : forgeFailures.FORGE_LOG_UNREADABLE(facts, words);
}

/** An answer that is not in the forge's format. */
export function garbledAnswer(problem: string, facts: CallFacts): MooseError {
  return forgeFailures.FORGE_GARBLED(
    { ...restOf(facts, { problem, mayHaveHappened: facts.isWrite }) },
    { host: facts.host, problem: boundedLine(problem) },
  );
}

/** No machine calls the host before that time. The pause does not count as an attempt of a work order. */
export function hostPaused(
  host: string,
  { retryAfterMs, because }: { retryAfterMs: number; because: string },
): MooseError {
  return forgeFailures.FORGE_PAUSED(
    { operation: 'call', retryAfterMs, metadata: { host } },
    {
      host,
      time: durationText(Math.ceil(retryAfterMs / 1_000) * 1_000),
      because: boundedLine(because),
    },
  );
}
