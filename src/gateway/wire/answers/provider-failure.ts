// Maps a provider's error to a failure: by the codes that providers document, then by the classifier's reading of its
// message, then by the status.

import { classifyFailure } from '../../../classifier/classify-failure.ts';
import type { CallFailureKind } from '../../../domain/agents/model-call.ts';
import { isObject, memberOf, parseOrNull, textIn } from '../json-value.ts';

/** Each of these codes means one thing, regardless of its status and message. */
const decidingCodes: Readonly<Record<string, CallFailureKind>> = {
  authentication_error: 'authentication',
  permission_error: 'authentication',
  invalid_api_key: 'authentication',
  UNAUTHENTICATED: 'authentication',
  PERMISSION_DENIED: 'authentication',
  API_KEY_INVALID: 'authentication',
  billing_error: 'quota',
  insufficient_quota: 'quota',
  billing_hard_limit_reached: 'quota',
  billing_not_active: 'quota',
  organization_spend_limit_exceeded: 'quota',
  usage_limit_reached: 'quota',
  overloaded_error: 'overloaded',
  server_overloaded: 'overloaded',
  slow_down: 'overloaded',
  timeout_error: 'timeout',
  DEADLINE_EXCEEDED: 'timeout',
  model_not_found: 'model_not_found',
  request_too_large: 'context_too_long',
  context_length_exceeded: 'context_too_long',
  exceed_context_size_error: 'context_too_long',
  // Amazon Bedrock.
  ThrottlingException: 'rate_limited',
  TooManyRequestsException: 'rate_limited',
  ServiceQuotaExceededException: 'quota',
  ServiceUnavailableException: 'overloaded',
  ModelNotReadyException: 'overloaded',
  ModelTimeoutException: 'timeout',
  ModelErrorException: 'provider_down',
  ModelStreamErrorException: 'provider_down',
  InternalServerException: 'provider_down',
  ResourceNotFoundException: 'model_not_found',
  AccessDeniedException: 'authentication',
  UnrecognizedClientException: 'authentication',
  InvalidClientTokenId: 'authentication',
  ExpiredTokenException: 'authentication',
  ExpiredToken: 'authentication',
  InvalidSignatureException: 'authentication',
  SignatureDoesNotMatch: 'authentication',
  IncompleteSignatureException: 'authentication',
  MissingAuthenticationTokenException: 'authentication',
  RequestTimeTooSkewed: 'authentication',
  RequestExpired: 'authentication',
};

/** Codes with several meanings; the message may be more precise. */
const looseCodes: Readonly<Record<string, CallFailureKind>> = {
  not_found_error: 'model_not_found',
  NOT_FOUND: 'model_not_found',
  rate_limit_error: 'rate_limited',
  rate_limit_exceeded: 'rate_limited',
  RESOURCE_EXHAUSTED: 'rate_limited',
  UNAVAILABLE: 'overloaded',
  api_error: 'provider_down',
  server_error: 'provider_down',
  INTERNAL: 'provider_down',
  invalid_request_error: 'bad_request',
  invalid_prompt: 'bad_request',
  ValidationException: 'bad_request',
  INVALID_ARGUMENT: 'bad_request',
  FAILED_PRECONDITION: 'bad_request',
};

const kindOfRule: Readonly<Record<string, CallFailureKind>> = {
  'provider.too-long': 'context_too_long',
  'provider.money': 'quota',
  'provider.quota-of-the-minute': 'rate_limited',
  'provider.quota-with-delay': 'rate_limited',
};

const kindOfStatus: Readonly<Record<number, CallFailureKind>> = {
  401: 'authentication',
  402: 'quota',
  403: 'authentication',
  404: 'model_not_found',
  407: 'authentication',
  408: 'timeout',
  410: 'model_not_found',
  413: 'context_too_long',
  429: 'rate_limited',
  503: 'overloaded',
  504: 'timeout',
  522: 'timeout',
  524: 'timeout',
  529: 'overloaded',
};

/** The failure in a provider's answer with an error status. */
export function failureOfAnswer(status: number, body: Buffer): CallFailureKind {
  const text = body.toString('utf8');
  const error = errorIn(parseOrNull(text));
  if (error !== null) return failureOfError(error, status);
  // An HTML page comes from a proxy in front of the provider, or from another server.
  const isPage = /^\s*</.test(text);
  if (isPage && [400, 403, 404, 405].includes(status)) return 'malformed';
  return byWords(text, status) ?? byStatus(status);
}

/** The failure in a JSON error, in an answer or in the middle of a stream; the status is null if none came with it. */
export function failureOfError(error: unknown, status: number | null = null): CallFailureKind {
  const codes = codesIn(error);
  const known = (kinds: Readonly<Record<string, CallFailureKind>>) =>
    codes
      .map((code) => (Object.hasOwn(kinds, code) ? kinds[code] : undefined))
      .find((kind) => kind !== undefined);
  const numbered = Number(codes.find((code) => /^[45]\d\d$/.test(code)));
  const statusOrCode = status ?? (Number.isNaN(numbered) ? null : numbered);
  return (
    known(decidingCodes) ??
    byWords(JSON.stringify(error) ?? '', statusOrCode) ??
    known(looseCodes) ??
    byStatus(statusOrCode ?? 500)
  );
}

/** What a documented code of an error means; null if it has none. */
export function kindOfCodes(error: unknown): CallFailureKind | null {
  for (const kinds of [decidingCodes, looseCodes])
    for (const code of codesIn(error)) if (Object.hasOwn(kinds, code)) return kinds[code] ?? null;
  return null;
}

/** The value under `error`; if the body is a list, the value in its first document. */
export function errorIn(body: unknown): unknown {
  const first = Array.isArray(body) ? body[0] : body;
  const error = memberOf(first, 'error');
  if (error !== undefined && error !== null) return error;
  return isObject(first) && ('message' in first || 'detail' in first || 'code' in first) ? first : null;
}

function codesIn(error: unknown): string[] {
  const code = memberOf(error, 'code');
  const reasons = memberOf(error, 'details');
  return [
    ...(typeof code === 'number' ? [String(code)] : []),
    ...['code', 'type', 'status'].flatMap((name) => textIn(error, name) ?? []),
    ...(Array.isArray(reasons) ? reasons.flatMap((reason) => textIn(reason, 'reason') ?? []) : []),
  ];
}

function byWords(text: string, status: number | null): CallFailureKind | null {
  const { rule } = classifyFailure({
    component: 'gateway',
    httpBody: text,
    ...(status === null ? {} : { httpStatus: status }),
  });
  if (rule === 'provider.key') return status === 404 ? 'model_not_found' : 'authentication';
  return Object.hasOwn(kindOfRule, rule) ? (kindOfRule[rule] ?? null) : null;
}

function byStatus(status: number): CallFailureKind {
  return kindOfStatus[status] ?? (status >= 500 ? 'provider_down' : 'bad_request');
}
