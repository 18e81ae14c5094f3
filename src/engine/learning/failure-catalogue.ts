// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from '../../domain/catalogue.ts';

export const learningFailures = catalogue('learning', {
  EXCLUSION_NOT_FOUND: {
    kind: 'permanent',
    message: 'No exclusion matches "{given}".',
    advice: 'Run `moose learning patterns` to list them.',
  },
  EXCLUSION_OF_EVERYTHING: {
    kind: 'permanent',
    message: 'This would exclude {model} from all work.',
    advice:
      'Specify a word, a kind, a language or a complexity; to stop using a model, remove it in the settings.',
  },
  EXPERIMENT_IMPOSSIBLE: {
    kind: 'permanent',
    message: 'The experiment cannot start: {why}.',
    advice:
      'Name two of `static`, `learned` and `fixed:MODEL>MODEL`, with models that `moose learning policy` lists, and a project that learns.',
  },
  EXPERIMENT_NOT_FOUND: {
    kind: 'permanent',
    message: 'No experiment matches "{given}".',
    advice: 'Run `moose learning experiments` to list them.',
  },
  EXPERIMENT_RUNNING: {
    kind: 'permanent',
    message: 'An experiment runs in {project}, and a work order can be part of only one.',
    advice: 'Wait for its verdict, or stop it: `moose learning experiments` lists them.',
  },
  LIMIT_NOT_YOURS: {
    kind: 'permanent',
    message:
      'An experiment with {a} and {b} lets Moose choose models and agents of {project}, and only a person may start one.',
    advice: 'Do it yourself: sign in to Mission Control, or use `moose learning compare` at a terminal.',
  },
  LIMIT_NOT_YOURS_AGAIN: {
    kind: 'permanent',
    code: 'LIMIT_NOT_YOURS',
    message: 'A person has decided that {found}, and only a person can allow it again.',
    advice: 'Do it yourself: sign in to Mission Control, or use `moose learning allow` at a terminal.',
  },
  REPLAY_LINE_INVALID: {
    kind: 'configuration',
    message: 'The message cannot be answered: {what}.',
    advice: 'See docs/guide/learning.md for the messages and their order.',
  },
  REPLAY_LOG_UNREADABLE: {
    kind: 'configuration',
    message: 'Line {line} of the log cannot be read: {what}.',
    advice: 'Give the lines that `moose replay --trace` writes: one decision each, in their order.',
  },
  REPLAY_OPTION_INVALID: {
    kind: 'configuration',
    message: 'The replay cannot start: {what}.',
    advice: 'See `moose replay --help`.',
  },
  REPLAY_TABLE_UNREADABLE: {
    kind: 'configuration',
    message: 'The table cannot be replayed: {what}.',
    advice:
      'Give a JSON file with instance_ids, instances and models; each model has key, resolved and cost, one entry per instance.',
  },
});
