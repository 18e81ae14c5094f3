import { isCloud } from '../domain/agents/cloud.ts';
import type { RaisedFacts } from '../domain/catalogue.ts';
import type { MooseError } from '../domain/failure.ts';
import { durationText } from '../domain/text/duration.ts';
import { modelFailures } from '../engine/ports/model-failure-catalogue.ts';
import { readLimitResetMs, readRetryAfterMs } from '../stdx/http/retry-after.ts';
import type { SendFailure, Sent } from '../stdx/send-once.ts';
import { errorCode } from '../stdx/system-error.ts';
import { type CallFailureKind, failureKind } from './failure-table.ts';
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
  reply: Sent,
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
  const rest = { operation: 'generate', metadata, ...wish };
  return errorOf[kind]({ facts, status, said, rest });
}

interface Told {
  facts: CallFacts;
  status: number;
  /** The provider's own words, without our key. */
  said: string;
  rest: RaisedFacts;
}

const errorOf: Record<CallFailureKind, (told: Told) => MooseError> = {
  authentication: ({ facts, status, said, rest }) =>
    isCloud(facts.provider) && said !== ''
      ? modelFailures.MODEL_AUTHENTICATION(rest, { model: facts.model, status, said })
      : modelFailures.MODEL_AUTHENTICATION_KEY(rest, {
          model: facts.model,
          status,
          keyVariable: facts.keyVariable,
        }),
  not_found: ({ facts, status, rest }) =>
    modelFailures.MODEL_NOT_FOUND(rest, { model: facts.model, origin: facts.origin, status }),
  redirected: ({ facts, status, rest }) =>
    modelFailures.MODEL_REDIRECTED(rest, { origin: facts.origin, model: facts.model, status }),
  quota: ({ facts, status, rest }) => modelFailures.MODEL_QUOTA(rest, { model: facts.model, status }),
  rate_limited: ({ facts, status, rest }) =>
    modelFailures.MODEL_RATE_LIMITED(rest, { model: facts.model, status }),
  overloaded: ({ facts, status, rest }) =>
    modelFailures.MODEL_OVERLOADED(rest, { model: facts.model, status }),
  context_too_long: ({ facts, rest }) => modelFailures.MODEL_CONTEXT_TOO_LONG(rest, { model: facts.model }),
  bad_request: ({ facts, status, said, rest }) =>
    modelFailures.MODEL_BAD_REQUEST(rest, {
      model: facts.model,
      status,
      said: said.replace(/\.$/, '') || 'it gave no reason',
    }),
};

/** No reply, or an incomplete one. */
export function sendFailure(failure: SendFailure, facts: CallFacts): MooseError {
  const rest = { operation: 'generate', cause: failure.cause };
  const metadata = { model: facts.model, provider: facts.provider, origin: facts.origin };
  switch (failure.reason) {
    case 'timeout':
      return modelFailures.MODEL_TIMEOUT(
        { ...rest, metadata },
        { model: facts.model, limit: durationText(facts.timeoutMs) },
      );
    case 'too large':
      return garbledReply('it exceeds the size limit for answers', facts);
    case 'unreachable': {
      const { reason, words } = whyUnreachable(failure.cause);
      return modelFailures.MODEL_UNREACHABLE(
        { ...rest, metadata: { ...metadata, reason, nothingSent: !failure.mayHaveArrived } },
        { origin: facts.origin, model: facts.model, words },
      );
    }
  }
}

/** A reply with status 200 that is not in the provider's protocol. */
export function garbledReply(problem: string, facts: CallFacts): MooseError {
  return modelFailures.MODEL_GARBLED(
    { operation: 'generate', metadata: { model: facts.model, provider: facts.provider, problem } },
    { origin: facts.origin, model: facts.model, problem },
  );
}

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
function readRequestId(reply: Sent, facts: CallFacts): string | null {
  const id = reply.headers['request-id'] ?? reply.headers['x-request-id'];
  return typeof id === 'string' ? withoutKey(id, facts.apiKey).slice(0, 200) : null;
}
