// Every error as the same JSON, with the status that fits it.

import { isMooseError, type MooseError } from '../domain/failure.ts';
import { redact } from '../domain/redact.ts';
import type { ErrorBody } from './contract.ts';

const statuses: Readonly<Record<string, number>> = {
  JSON_INVALID: 400,
  JSON_TOO_DEEP: 400,
  REQUEST_INVALID: 400,
  TOKEN_INVALID: 401,
  SIGNATURE_INVALID: 401,
  HOST_NOT_ALLOWED: 403,
  ORIGIN_NOT_ALLOWED: 403,
  ROLE_TOO_LOW: 403,
  PATH_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  BODY_TOO_LARGE: 413,
  MEDIA_TYPE_NOT_JSON: 415,
  TOO_MANY_FAILED_LOGINS: 429,
  WEBHOOKS_NOT_CONFIGURED: 503,
};

export function statusOf(error: MooseError): number {
  const known = statuses[error.code];
  if (known !== undefined) return known;
  if (error.code.endsWith('_NOT_FOUND')) return 404;
  // What was asked for cannot be done as things stand, or may be done later.
  if (error.category === 'permanent') return error.code === 'UNEXPECTED' ? 500 : 409;
  return 503;
}

/** What is not ours to tell stays inside. */
export function errorBody(error: unknown): ErrorBody {
  if (isMooseError(error) && error.code !== 'UNEXPECTED') {
    const { code, message, advice = '' } = error;
    return { error: { code, message: redact(message), advice: redact(advice) } };
  }
  return {
    error: {
      code: 'UNEXPECTED',
      message: 'Something that should not happen did.',
      advice: 'This is a defect of Moose: look at its log, and report it.',
    },
  };
}

export function errorResponse(error: unknown): Response {
  const status = isMooseError(error) ? statusOf(error) : 500;
  const retryAfterMs = isMooseError(error) ? error.retryAfterMs : undefined;
  return Response.json(errorBody(error), {
    status,
    headers: {
      ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      ...(retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) }),
    },
  });
}
