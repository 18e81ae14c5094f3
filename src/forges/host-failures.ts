// Every failure of a call to a forge's host, as a MooseError. `metadata.mayHaveHappened` is true if the host may have
// done what it was asked, although it did not say so.
import { durationText } from '../domain/duration.ts';
import {
  ConfigurationError,
  ExternalServiceError,
  type MooseError,
  PermanentError,
  TransientError,
} from '../domain/failure.ts';
import { visibleLine } from '../domain/visible-text.ts';
import { errorCode } from '../stdx/system-error.ts';
import type { SendFailure } from './send-once.ts';

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
    component: 'forges',
    operation: `${method} ${path}`.slice(0, 200),
    metadata: { host, isWrite, circuit: `forge:${host}`, ...more },
  };
}

/** No answer, or an incomplete one. */
export function sendFailure(failure: SendFailure, facts: CallFacts): MooseError {
  const { host, isWrite, timeoutMs } = facts;
  switch (failure.reason) {
    case 'timeout':
      return new TransientError({
        ...restOf(facts, { mayHaveHappened: isWrite }),
        code: 'FORGE_TIMEOUT',
        failureClass: 'timeout',
        message: `${host} did not answer within ${durationText(timeoutMs)}.`,
        advice: `Check the status page of ${host}; Moose tries again automatically.`,
        cause: failure.cause,
      });
    case 'too large':
      return new PermanentError({
        ...restOf(facts, { mayHaveHappened: isWrite }),
        code: 'FORGE_ANSWER_TOO_LARGE',
        message: `An answer from ${host} is larger than Moose accepts.`,
        advice: `Check that the address of ${host} belongs to a forge: \`moose forge check\`.`,
      });
    case 'unreachable':
      return unreachable(failure.cause, facts);
  }
}

/** Connection failures before the host read a byte of the request. */
const failedBeforeSending = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL'],
]);
/** The host answers, but its certificate is not valid, so a retry does not help. */
const untrusted = /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_|ERR_SSL_)/;

function unreachable(cause: unknown, facts: CallFacts): MooseError {
  const { host, isWrite } = facts;
  const reason = errorCode(cause) ?? 'unknown';
  if (untrusted.test(reason))
    return new ConfigurationError({
      ...restOf(facts, { reason, mayHaveHappened: false }),
      code: 'FORGE_UNTRUSTED',
      message: `The certificate of ${host} is not valid (${reason}).`,
      advice:
        'Check the address; if your own authority signed the certificate, set NODE_EXTRA_CA_CERTS to its path where Moose runs.',
      cause,
    });
  return new TransientError({
    ...restOf(facts, { reason, mayHaveHappened: isWrite && !failedBeforeSending.has(reason) }),
    code: 'FORGE_UNREACHABLE',
    message: `The connection to ${host} failed or was lost (${reason}).`,
    advice: `Check the network and the status page of ${host}; Moose tries again automatically.`,
    cause,
  });
}

/** A failure status that the adapter does not handle itself. */
export function statusFailure(status: number, said: string, facts: CallFacts): MooseError {
  const { host, isWrite } = facts;
  const words = boundedLine(said);
  const told = words === '' ? `HTTP ${status}` : `HTTP ${status}: ${words.replace(/\.$/, '')}`;
  const rest = restOf(facts, { status, hostMessage: words });
  if (status === 401)
    return new ConfigurationError({
      ...rest,
      code: 'FORGE_CREDENTIALS_REFUSED',
      severity: 'high',
      message: `${host} rejected the credential of Moose (${told}).`,
      advice: `Renew the token, or the key of the App, then run \`moose forge check ${host}\`.`,
    });
  if (status === 403)
    return new ConfigurationError({
      ...rest,
      code: 'FORGE_FORBIDDEN',
      message: `${host} does not allow Moose to do this (${told}).`,
      advice: `\`moose forge check ${host}\` says which permissions are missing; grant them, then retry.`,
    });
  if (status === 404 || status === 410)
    return new ConfigurationError({
      ...rest,
      code: 'FORGE_NOT_FOUND',
      message: `${host} has no ${facts.path}, or hides it from the account of Moose (${told}).`,
      advice: `Check the address of the project's remote, and run \`moose forge check ${host}\`: it says which permissions are missing.`,
    });
  // 429 arrives here only from the host of a log; a forge that says so is paused.
  if (status >= 500 || status === 408 || status === 429)
    return new TransientError({
      ...rest,
      metadata: { ...rest.metadata, mayHaveHappened: isWrite },
      code: 'FORGE_UNAVAILABLE',
      retryAfterMs: againMs,
      message: `${host} fails or is overloaded (${told}).`,
      advice: `Check the status page of ${host}; Moose tries again automatically.`,
    });
  if (status >= 300 && status < 400)
    return new ConfigurationError({
      ...rest,
      code: 'FORGE_REDIRECTED',
      message: `${host} redirects ${facts.path} (${told}), and Moose does not send a credential elsewhere.`,
      advice: 'Register the address that answers without a redirect: `moose forge add HOST --api URL`.',
    });
  return refusal(status, said, facts);
}

/** The host understood the request and refused it; it would refuse the same request again. */
export function refusal(status: number, said: string, facts: CallFacts): MooseError {
  const words = boundedLine(said);
  return new PermanentError({
    ...restOf(facts, { status, hostMessage: words }),
    code: 'FORGE_REFUSED',
    message: `${facts.host} refused the request (HTTP ${status}): ${words.replace(/\.$/, '') || 'it gave no reason'}.`,
    advice: 'Fix what the message names, then retry.',
  });
}

/** The host that has a log does not give it. That says nothing about the forge, which only names the address. */
export function logUnreadable(reason: string, { host }: CallFacts, cause?: SendFailure): MooseError {
  // A host that does not answer in minutes is not asked again at once.
  const Failure = cause?.reason === 'timeout' ? PermanentError : TransientError;
  return new Failure({
    component: 'forges',
    operation: 'read log',
    code: 'FORGE_LOG_UNREADABLE',
    message: `A log of ${host} is on another host, which does not serve it: ${boundedLine(reason)}.`,
    advice: 'Let the machine that runs Moose reach that host; the forge shows the log.',
    metadata: { host },
    cause,
  });
}

/** An answer that is not in the forge's format. */
export function garbledAnswer(problem: string, facts: CallFacts): MooseError {
  return new TransientError({
    ...restOf(facts, { problem, mayHaveHappened: facts.isWrite }),
    code: 'FORGE_GARBLED',
    message: `${facts.host} returned a response that is not from a forge: ${boundedLine(problem)}.`,
    advice: 'Check that the registered address belongs to a forge, and that no proxy answers in its place.',
  });
}

/** No machine calls the host before that time. The pause does not count as an attempt of a work order. */
export function hostPaused(
  host: string,
  { retryAfterMs, because }: { retryAfterMs: number; because: string },
): MooseError {
  return new ExternalServiceError({
    component: 'forges',
    operation: 'call',
    code: 'FORGE_PAUSED',
    retryAfterMs,
    message: `Calls to ${host} are paused for ${durationText(Math.ceil(retryAfterMs / 1_000) * 1_000)}: ${boundedLine(because)}.`,
    advice: `Wait; \`moose forge ls\` says until when. If this continues, give Moose an account of its own.`,
    metadata: { host },
  });
}
