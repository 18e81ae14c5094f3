import { isCloud } from '../domain/cloud.ts';
import { durationText } from '../domain/duration.ts';
import {
  ConfigurationError,
  ExternalServiceError,
  type MooseError,
  type MooseErrorFields,
  PermanentError,
  TransientError,
} from '../domain/failure.ts';
import { readLimitResetMs, readRetryAfterMs } from '../stdx/retry-after.ts';
import { errorCode } from '../stdx/system-error.ts';
import { type CallFailureKind, failureKind } from './failure-table.ts';
import type { PostFailure, Reply } from './post-once.ts';
import { readProviderError } from './provider-error.ts';
import { withoutKey } from './without-key.ts';

// Turns every failure of a model call into a MooseError. `metadata.nothingSent` is true if no byte of the request can
// have reached the provider: only then, or if the provider says that it did no work, nothing is owed.

/** What is known about a call before it is made. */
export interface CallFacts {
  model: string;
  provider: string;
  /** Scheme, host and port of the provider, for a person to read. */
  origin: string;
  apiKey: string | null;
  /** The environment variable that contains the key. */
  keyVariable: string;
  timeoutMs: number;
}

/** How much of a provider's message goes into an error. */
const providerMessageCharsMax = 500;

/** A reply that is a refusal, or that has status 200 with an error in its body. */
export function replyFailure(
  reply: Reply,
  body: Record<string, unknown> | null,
  facts: CallFacts,
  now: Date,
): MooseError {
  const error = readProviderError(body);
  const status = reply.status >= 200 && reply.status < 300 ? (error.status ?? 502) : reply.status;
  const kind = failureKind(status, error);
  const said = withoutKey(error.message, facts.apiKey).slice(0, providerMessageCharsMax);
  const retryAfterMs =
    readRetryAfterMs(reply.headers, now) ??
    error.retryDelayMs ??
    (status === 429 ? readLimitResetMs(reply.headers, now) : undefined);
  const metadata = {
    model: facts.model,
    provider: facts.provider,
    status,
    providerErrorWords: error.words.map((word) => withoutKey(word, facts.apiKey).slice(0, 100)),
    providerMessage: said,
    requestId: readRequestId(reply, facts),
  };
  const wish = retryAfterMs === undefined ? {} : { retryAfterMs };
  const rest = { component: 'models', operation: 'generate', metadata, ...wish };
  return errorOf[kind]({ facts, status, said, rest });
}

interface Told {
  facts: CallFacts;
  status: number;
  /** The provider's own words, without our key. */
  said: string;
  rest: Pick<MooseErrorFields, 'component' | 'operation' | 'metadata'> & { retryAfterMs?: number };
}

const errorOf: Record<CallFailureKind, (told: Told) => MooseError> = {
  authentication: ({ facts, status, said, rest }) =>
    new ConfigurationError({
      ...rest,
      code: 'MODEL_AUTHENTICATION',
      severity: 'high',
      message: `The provider of ${facts.model} refused the API key (HTTP ${status}).`,
      // The gateway knows why a cloud refuses its credentials, and says what to do.
      advice:
        isCloud(facts.provider) && said !== ''
          ? said
          : `Set ${facts.keyVariable} to a key that may use this model.`,
    }),
  not_found: ({ facts, status, rest }) =>
    new ConfigurationError({
      ...rest,
      code: 'MODEL_NOT_FOUND',
      message: `There is no model ${facts.model} at ${facts.origin} (HTTP ${status}).`,
      advice: 'Check the name of the model and the base URL of its provider in the settings.',
    }),
  redirected: ({ facts, status, rest }) =>
    new ConfigurationError({
      ...rest,
      code: 'MODEL_REDIRECTED',
      message: `${facts.origin} redirects calls to ${facts.model} (HTTP ${status}), and Moose does not send the key elsewhere.`,
      advice: 'Set the base URL of the provider to the address that answers without a redirect.',
    }),
  quota: ({ facts, status, rest }) =>
    new ExternalServiceError({
      ...rest,
      code: 'MODEL_QUOTA',
      severity: 'high',
      failureClass: 'budget_exceeded',
      message: `The account for ${facts.model} has no money or quota left (HTTP ${status}).`,
      advice: 'Add credit or raise the limit with the provider, or choose a model from another provider.',
    }),
  rate_limited: ({ facts, status, rest }) =>
    new TransientError({
      ...rest,
      code: 'MODEL_RATE_LIMITED',
      message: `The provider of ${facts.model} is rate limiting calls (HTTP ${status}).`,
      advice: 'Retry later (`moose retry ID`), and run fewer work orders at a time if this continues.',
    }),
  overloaded: ({ facts, status, rest }) =>
    new TransientError({
      ...rest,
      code: 'MODEL_OVERLOADED',
      message: `The provider of ${facts.model} is overloaded or broken (HTTP ${status}).`,
      advice: "Check the provider's status page; once it has recovered: `moose retry ID`.",
    }),
  context_too_long: ({ facts, rest }) =>
    new PermanentError({
      ...rest,
      code: 'MODEL_CONTEXT_TOO_LONG',
      message: `The prompt is too long for ${facts.model}.`,
      advice: 'Split the work order, or choose a model with a larger context.',
    }),
  bad_request: ({ facts, status, said, rest }) =>
    new PermanentError({
      ...rest,
      code: 'MODEL_BAD_REQUEST',
      message: `The provider of ${facts.model} refused the request (HTTP ${status}): ${said.replace(/\.$/, '') || 'it gave no reason'}.`,
      advice: "Read the provider's message; another model may accept the same request.",
    }),
};

/** No reply, or an incomplete one. */
export function postFailure(failure: PostFailure, facts: CallFacts): MooseError {
  const rest = { component: 'models', operation: 'generate', cause: failure.cause };
  const metadata = { model: facts.model, provider: facts.provider, origin: facts.origin };
  switch (failure.reason) {
    case 'timeout':
      return new TransientError({
        ...rest,
        code: 'MODEL_TIMEOUT',
        failureClass: 'timeout',
        message: `${facts.model} did not answer within ${durationText(facts.timeoutMs)}.`,
        advice: 'Allow more time, ask for less in one work order, or choose a faster model.',
        metadata,
      });
    case 'too_large':
      return garbledReply('it exceeds the size limit for answers', facts);
    case 'unreachable': {
      const { reason, words } = whyUnreachable(failure.cause);
      return new TransientError({
        ...rest,
        code: 'MODEL_UNREACHABLE',
        message: `The connection to ${facts.origin} for ${facts.model} ${words}.`,
        advice: 'Check that the address is right, that the server runs, and that this machine is online.',
        metadata: { ...metadata, reason, nothingSent: failedBeforeSending.has(reason) },
      });
    }
  }
}

/** A reply with status 200 that is not in the provider's protocol. */
export function garbledReply(problem: string, facts: CallFacts): MooseError {
  return new TransientError({
    code: 'MODEL_GARBLED',
    component: 'models',
    operation: 'generate',
    message: `The answer from ${facts.origin} for ${facts.model} is not a model's answer: ${problem}.`,
    advice: 'Check that the base URL belongs to a model provider and that no proxy answers in its place.',
    metadata: { model: facts.model, provider: facts.provider, problem },
  });
}

/** Connection failures before anyone read a byte of the request. */
const failedBeforeSending = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL'],
  ...['CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN'],
  ...['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'ERR_TLS_CERT_ALTNAME_INVALID'],
]);

const connectionWords: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'was refused: no server is listening there',
  ENOTFOUND: 'failed: no host has that name',
  EAI_AGAIN: 'failed: the host name cannot be resolved at this time',
  ECONNRESET: 'was closed by the other side',
  EPIPE: 'was closed by the other side',
  ETIMEDOUT: 'failed: the host did not answer in time',
  EHOSTUNREACH: 'failed: there is no route to the host',
  ENETUNREACH: "failed: there is no route to the host's network",
};

/** The gateway's refusal contains the system's error code in parentheses. */
const codeInWords = /\(([A-Z][A-Z0-9_]+)\)/;

function whyUnreachable(cause: unknown): { reason: string; words: string } {
  const code = errorCode(cause) ?? codeInWords.exec(String(cause))?.[1];
  if (code === undefined) return { reason: 'unknown', words: 'was lost' };
  return { reason: code, words: `${connectionWords[code] ?? 'failed'} (${code})` };
}

/** The ID with which the provider's support finds the call. */
function readRequestId(reply: Reply, facts: CallFacts): string | null {
  const id = reply.headers['request-id'] ?? reply.headers['x-request-id'];
  return typeof id === 'string' ? withoutKey(id, facts.apiKey).slice(0, 200) : null;
}
