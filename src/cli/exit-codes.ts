// The exit codes of every command; documented in docs/reference/commands.md.
import { isMooseError } from '../domain/failure.ts';

export const exitCodes = {
  done: 0,
  failed: 1,
  /** The command line is wrong: an unknown word, or a value that can never be valid. */
  misused: 2,
  /** The request was not completed, and a person must decide what happens next. */
  needsReview: 3,
  /** 128 and the number of SIGINT, as shells report it. */
  stopped: 130,
} as const;

/** Refusals of a typed value that no state of the database could make valid. */
const misuses: ReadonlySet<string> = new Set([
  'AGENT_UNKNOWN',
  'BRANCH_NAME_INVALID',
  'CANDIDATES_INVALID',
  'CERTIFY_AGENT_UNKNOWN',
  'CERTIFY_ROW_UNKNOWN',
  'CERTIFY_WITHOUT_MODEL',
  'CHECK_INVALID',
  'CIRCUIT_KEY_INVALID',
  'CONTAINER_IMAGE_INVALID',
  'CONTRACT_KIND_UNKNOWN',
  'CRON_INVALID',
  'CRON_NEVER',
  'DAY_INVALID',
  'DIRECTOR_LIMIT_INVALID',
  'DURATION_INVALID',
  'EGRESS_HOST_INVALID',
  'EXCLUSION_OF_EVERYTHING',
  'FORGE_INVALID',
  'INVITE_NAME_INVALID',
  'INVITE_TIME_INVALID',
  'JOINT_CHANGE_INVALID',
  'LABEL_INVALID',
  'LIMIT_INVALID',
  'LIMIT_MISSING',
  'LIMIT_NEEDED',
  'LIMIT_PERSON_INVALID',
  'MESSAGE_INVALID',
  'MODEL_NAME_INVALID',
  'MODEL_PROVIDER_UNKNOWN',
  'NAME_NOT_SENDABLE',
  'OPTION_CONTRADICTORY',
  'OPTION_REPEATED',
  'PAUSE_THRESHOLD_REFUSED',
  'PLACEHOLDER_UNKNOWN',
  'PROJECT_NAME_INVALID',
  'PROJECT_OWNER_INVALID',
  'RANGE_INVALID',
  'REMOTE_INVALID',
  'REMOTE_URL_HAS_SECRET',
  'REMOTE_URL_INVALID',
  'REPLAY_OPTION_INVALID',
  'REQUEST_INVALID',
  'SCHEDULE_CATCH_UP_INVALID',
  'SCHEDULE_LIMIT_NEEDED',
  'SCHEDULE_NAME_INVALID',
  'SECRET_IN_CHECK',
  'SETTING_VALUE_INVALID',
  'SUBMISSION_INVALID',
  'SUBMISSION_WITHOUT_REPOSITORY',
  'TEXT_UNREADABLE',
  'TIME_LIMIT_INVALID',
  'TIME_ZONE_UNKNOWN',
  'TOKEN_NAME_INVALID',
  'VALUE_UNREADABLE',
  'VARIABLE_AUDIENCE_UNKNOWN',
  'VARIABLE_NAME_REFUSED',
  'VARIABLE_VALUE_INVALID',
]);

export function exitCodeOf(error: unknown): number {
  return isMooseError(error) && misuses.has(error.code) ? exitCodes.misused : exitCodes.failed;
}
