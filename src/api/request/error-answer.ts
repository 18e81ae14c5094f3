// Every error as a problem document (RFC 9457), with a matching status.

import { STATUS_CODES } from 'node:http';
import type { Problem } from '../../contract/contract.ts';
import { isMooseError, type MooseError } from '../../domain/failure.ts';
import { redact } from '../../domain/text/redact.ts';

const statuses: Readonly<Record<string, number>> = {
  AGENT_UNKNOWN: 400,
  BASE_BRANCH_UNKNOWN: 400,
  BRANCH_NAME_INVALID: 400,
  CHECK_INVALID: 400,
  EGRESS_HOST_INVALID: 400,
  CANDIDATES_INVALID: 400,
  COMMAND_INVALID: 400,
  JOINT_CHANGE_INVALID: 400,
  CONTAINER_IMAGE_INVALID: 400,
  FILTER_NAME_INVALID: 400,
  FORGE_INVALID: 400,
  LABEL_INVALID: 400,
  PAUSE_THRESHOLD_REFUSED: 400,
  MODEL_NAME_INVALID: 400,
  MODEL_PROVIDER_UNKNOWN: 400,
  PROJECT_NAME_INVALID: 400,
  ASKED_INVALID: 400,
  REMOTE_INVALID: 400,
  REMOTE_URL_HAS_SECRET: 400,
  REMOTE_URL_INVALID: 400,
  REPOSITORY_PATH_RELATIVE: 400,
  SECRET_IN_CHECK: 400,
  SECRET_IN_COMMAND: 400,
  CRON_INVALID: 400,
  CRON_NEVER: 400,
  TIME_LIMIT_INVALID: 400,
  TIME_ZONE_UNKNOWN: 400,
  PLACEHOLDER_UNKNOWN: 400,
  SCHEDULE_NAME_INVALID: 400,
  SCHEDULE_LIMIT_NEEDED: 400,
  SCHEDULE_CATCH_UP_INVALID: 400,
  SCHEDULE_NOT_YOURS: 403,
  SCHEDULE_NEEDS_ADMIN: 403,
  SUBMISSION_INVALID: 400,
  SUBMISSION_WITHOUT_REPOSITORY: 400,
  CIRCUIT_KEY_INVALID: 400,
  CURSOR_INVALID: 400,
  DAY_INVALID: 400,
  JSON_INVALID: 400,
  JSON_TOO_DEEP: 400,
  REQUEST_INVALID: 400,
  SPEC_EMPTY: 400,
  SPEC_NOT_TEXT: 400,
  TOKEN_NAME_INVALID: 400,
  INVITE_NAME_INVALID: 400,
  INVITE_TIME_INVALID: 400,
  PUSH_BROWSER_INVALID: 400,
  VARIABLE_AUDIENCE_UNKNOWN: 400,
  VARIABLE_NAME_REFUSED: 400,
  VARIABLE_VALUE_INVALID: 400,
  IDEMPOTENCY_KEY_INVALID: 400,
  TOKEN_INVALID: 401,
  INVITE_INVALID: 401,
  SESSION_OVER: 401,
  SIGNATURE_INVALID: 401,
  SLACK_SIGNATURE_INVALID: 401,
  LOGIN_FAILED: 401,
  LOGIN_NOT_BEGUN_HERE: 401,
  LOGIN_EMAIL_NOT_VERIFIED: 403,
  LOGIN_NAME_TAKEN: 403,
  LOGIN_NOT_ALLOWED: 403,
  LOGIN_REVOKED: 403,
  HOST_NOT_ALLOWED: 403,
  ORIGIN_NOT_ALLOWED: 403,
  ROLE_TOO_LOW: 403,
  PUSH_NOT_A_PERSON: 403,
  APPROVAL_NOT_YOURS: 403,
  CHECKS_NOT_YOURS: 403,
  CI_CHANGES_NOT_YOURS: 403,
  COMMAND_NOT_YOURS: 403,
  CONTRACT_NOT_YOURS: 403,
  FORGE_NOT_YOURS: 403,
  ISOLATION_NOT_YOURS: 403,
  LIMIT_NOT_YOURS: 403,
  LIMIT_PERSON_INVALID: 400,
  PAUSE_NOT_YOURS: 403,
  PROJECT_NOT_YOURS: 403,
  SIGNED_IN_AS_ANOTHER: 409,
  TOKEN_NOT_A_PERSONS: 403,
  TOKEN_NOT_YOURS: 403,
  INVITE_NOT_YOURS: 403,
  VARIABLES_NOT_YOURS: 403,
  PREVIEW_REQUEST_REFUSED: 400,
  PREVIEW_SERVICE_NEEDED: 400,
  PREVIEW_LINK_OVER: 403,
  PREVIEW_OVER: 403,
  PREVIEW_HOST_UNKNOWN: 404,
  CIRCUIT_UNKNOWN: 404,
  DEMO_ONLY: 404,
  DEMO_FAULT_UNKNOWN: 400,
  DEMO_FAULT_RUNNING: 409,
  EXCLUSION_OF_EVERYTHING: 400,
  EXPERIMENT_IMPOSSIBLE: 409,
  EXPERIMENT_RUNNING: 409,
  PATH_NOT_FOUND: 404,
  PRICE_UNKNOWN: 404,
  METHOD_NOT_ALLOWED: 405,
  CONTRACT_CHANGED: 409,
  IDEMPOTENCY_UNDER_WAY: 409,
  MODEL_UNPRICED: 409,
  OIDC_NOT_CONFIGURED: 409,
  SLACK_NOT_CONFIGURED: 409,
  REPOSITORY_BARE: 409,
  REPOSITORY_DETACHED: 409,
  REPOSITORY_EMPTY: 409,
  REPOSITORY_NOT_TRUSTED: 409,
  SCHEDULE_PROJECT_GONE: 409,
  NO_MODEL: 409,
  BODY_TOO_LARGE: 413,
  SPEC_TOO_LARGE: 413,
  MEDIA_TYPE_NOT_JSON: 415,
  CLASSIFICATION_FAILED: 422,
  PLAN_INVALID: 422,
  PROJECT_CONFIG_INVALID: 422,
  SETTING_VALUE_INVALID: 422,
  UPGRADE_REQUIRED: 426,
  RATE_LIMITED: 429,
  TOO_MANY_FAILED_LOGINS: 429,
  WEBHOOK_HOST_UNKNOWN: 404,
  WEBHOOKS_NOT_CONFIGURED: 409,
};

export function statusOf(error: MooseError): number {
  const known = statuses[error.code];
  if (known !== undefined) return known;
  if (error.code.endsWith('_NOT_FOUND')) return 404;
  // The request is not possible in the current state, or may be possible later.
  if (error.category === 'permanent') return error.code === 'UNEXPECTED' ? 500 : 409;
  return 503;
}

/** Internal details are not sent to clients. */
export function problemOf(error: unknown): Problem {
  const isKnown = isMooseError(error) && error.code !== 'UNEXPECTED';
  const status = isKnown ? statusOf(error) : 500;
  const code = isKnown ? error.code : 'UNEXPECTED';
  const issues = isKnown ? issuesOf(error) : [];
  return {
    type: `urn:moose:error:${code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: isKnown ? redact(error.message) : 'An unexpected error occurred.',
    code,
    advice: isKnown
      ? redact(error.advice ?? '')
      : 'This is a bug in Moose: check its log, and report the bug.',
    ...(issues.length > 0 ? { issues } : {}),
  };
}

function issuesOf({ metadata }: MooseError): NonNullable<Problem['issues']> {
  return Array.isArray(metadata.issues) ? metadata.issues : [];
}

function allowedOf(error: unknown): string {
  const allowed = isMooseError(error) ? error.metadata.allow : null;
  return Array.isArray(allowed) ? allowed.join(', ') : '';
}

export function errorResponse(error: unknown): Response {
  const problem = problemOf(error);
  const retryAfterMs = isMooseError(error) ? error.retryAfterMs : undefined;
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json',
      ...(problem.status === 405 ? { allow: allowedOf(error) } : {}),
      ...(problem.status === 426 ? { upgrade: 'websocket' } : {}),
      ...(problem.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      ...(retryAfterMs === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) }),
    },
  });
}
