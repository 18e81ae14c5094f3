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
  'CHECK_INVALID',
  'CONTRACT_KIND_UNKNOWN',
  'DAY_INVALID',
  'DURATION_INVALID',
  'LIMIT_INVALID',
  'MODEL_NAME_INVALID',
  'MODEL_PROVIDER_UNKNOWN',
  'PROJECT_NAME_INVALID',
  'REMOTE_INVALID',
  'REMOTE_URL_HAS_SECRET',
  'REMOTE_URL_INVALID',
  'REPLAY_OPTION_INVALID',
  'SETTING_VALUE_INVALID',
  'SUBMISSION_INVALID',
  'SUBMISSION_WITHOUT_REPOSITORY',
  'TEXT_UNREADABLE',
  'VALUE_UNREADABLE',
]);

export function exitCodeOf(error: unknown): number {
  return isMooseError(error) && misuses.has(error.code) ? exitCodes.misused : exitCodes.failed;
}
