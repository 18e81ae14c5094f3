import { ConfigurationError } from '../../../domain/failure.ts';

/** Every error about the input of `moose replay`. `where` is the file or line, `what` is its problem. */
export function tableUnreadable(what: string, cause?: unknown): ConfigurationError {
  return new ConfigurationError({
    code: 'REPLAY_TABLE_UNREADABLE',
    component: 'learning',
    operation: 'replay a table',
    message: `The table cannot be replayed: ${what}.`,
    advice:
      'Give a JSON file with instance_ids, instances and models; each model has key, resolved and cost, one entry per instance.',
    cause,
  });
}

export function logUnreadable(line: number, what: string, cause?: unknown): ConfigurationError {
  return new ConfigurationError({
    code: 'REPLAY_LOG_UNREADABLE',
    component: 'learning',
    operation: 'read a log of decisions',
    message: `Line ${line} of the log cannot be read: ${what}.`,
    advice: 'Give the lines that `moose replay --trace` writes: one decision each, in their order.',
    cause,
  });
}

export function optionInvalid(what: string, cause?: unknown): ConfigurationError {
  return new ConfigurationError({
    code: 'REPLAY_OPTION_INVALID',
    component: 'learning',
    operation: 'replay',
    message: `The replay cannot start: ${what}.`,
    advice: 'See `moose replay --help`.',
    cause,
  });
}
