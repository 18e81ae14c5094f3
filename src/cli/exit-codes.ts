// What a command's exit code means, the same for every command; docs/reference/commands.md tells people of it.
import { isMooseError } from '../domain/failure.ts';

export const exitCodes = {
  done: 0,
  failed: 1,
  /** The command line is wrong: a word of it cannot be understood, or a value can never be right. */
  misused: 2,
  /** What was asked for was not done, and it is for a person to say how it goes on. */
  needsReview: 3,
  /** As a shell counts it: 128 and the number of SIGINT. */
  stopped: 130,
} as const;

/** Refusals of a value that was typed, whatever stands in the database. */
const misuses: ReadonlySet<string> = new Set([
  'AGENT_UNKNOWN',
  'CHECK_INVALID',
  'DAY_INVALID',
  'DURATION_INVALID',
  'LIMIT_INVALID',
  'MODEL_NAME_INVALID',
  'MODEL_PROVIDER_UNKNOWN',
  'SETTING_VALUE_INVALID',
  'SUBMISSION_INVALID',
  'TEXT_UNREADABLE',
  'VALUE_UNREADABLE',
]);

export function exitCodeOf(error: unknown): number {
  return isMooseError(error) && misuses.has(error.code) ? exitCodes.misused : exitCodes.failed;
}
