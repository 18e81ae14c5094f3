import type { ConfigurationError } from '../../../domain/failure.ts';
import { learningFailures } from '../failure-catalogue.ts';

/** Every error about the input of `moose replay`. `where` is the file or line, `what` is its problem. */
export function tableUnreadable(what: string, cause?: unknown): ConfigurationError {
  return learningFailures.REPLAY_TABLE_UNREADABLE({ operation: 'replay a table', cause }, { what });
}

export function logUnreadable(line: number, what: string, cause?: unknown): ConfigurationError {
  return learningFailures.REPLAY_LOG_UNREADABLE(
    { operation: 'read a log of decisions', cause },
    { line, what },
  );
}

export function optionInvalid(what: string, cause?: unknown): ConfigurationError {
  return learningFailures.REPLAY_OPTION_INVALID({ operation: 'replay', cause }, { what });
}
