// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from '../domain/catalogue.ts';

export const appFailures = catalogue('app', {
  BACKUP_UNWRITABLE: {
    kind: 'configuration',
    message: 'The backup {path} cannot be written: {reason}.',
    advice:
      'Specify a new file in a directory that you may write to, on a disk with enough space. No incomplete file is left behind.',
  },
  CERTIFICATION_UNREADABLE: {
    kind: 'configuration',
    message: 'The kept certification {path} cannot be read.',
    advice: 'Delete the file, or make it readable; the next `moose agents certify` writes it again.',
  },
  CERTIFY_AGENT_UNKNOWN: {
    kind: 'configuration',
    message: 'There is no agent {name}.',
    advice: 'Choose among {known}, or describe it in the file of MOOSE_ACP_AGENTS.',
  },
  CERTIFY_PROGRAM_MISSING: {
    kind: 'configuration',
    message: 'The program of {name} is not installed.',
    advice: '{advice}',
    reference: { advice: 'Install it, or set its path, as the message says.' },
  },
  CERTIFY_ROW_UNKNOWN: {
    kind: 'configuration',
    message: 'There is no row {name}.',
    advice: 'Choose among {known}.',
  },
  CERTIFY_WITHOUT_MODEL: {
    kind: 'configuration',
    message: '{name} calls no model, so there are no faults to measure it against.',
    advice: 'Choose an agent that calls a model; `moose agents` lists them.',
  },
  DATABASE_ELSEWHERE: {
    kind: 'configuration',
    message:
      'Moose has worked in {dataDirectory} with a database that is not there, and MOOSE_DATABASE_URL is not set. Nothing was started.',
    advice:
      'Set MOOSE_DATABASE_URL as for that Moose, or choose another directory with --data. To give that database up and begin with an empty one, delete {idPath}.',
  },
  DATABASE_URL_INVALID: {
    kind: 'configuration',
    message: 'MOOSE_DATABASE_URL is not the address of a PostgreSQL database.',
    advice: 'Write it as postgres://user:password@host:port/database, or unset it to use the embedded one.',
  },
  DATA_NOT_A_DIRECTORY: {
    kind: 'configuration',
    message: 'The data directory {dataDirectory} is not a directory.',
    advice: 'Specify a directory with --data or MOOSE_DATA.',
  },
  DATA_PATH_INVALID: {
    kind: 'configuration',
    message: 'The path of the data directory has a new line or another control character: {dataDirectory}',
    advice: 'With --data or MOOSE_DATA, specify a directory whose path has no such character.',
  },
  ERROR_CODE_UNKNOWN: {
    kind: 'configuration',
    message: 'No error has the code "{code}".',
    advice: '{advice}',
    reference: { advice: 'Choose one of the codes in docs/reference/errors.md.' },
  },
  HOME_UNKNOWN: {
    kind: 'configuration',
    message: 'This user has no home directory, so Moose has no default directory for its data.',
    advice: 'Specify a directory with --data or MOOSE_DATA, or set HOME.',
  },
  KEYS_NOT_HIDDEN: {
    kind: 'configuration',
    message: 'Moose cannot hide its keys from other processes, because it cannot write to {directory}.',
    advice: 'Make that folder writable, or put the keys into a file, and set MOOSE_KEYS_FILE to its path.',
  },
  KEYS_UNREADABLE: {
    kind: 'configuration',
    message: '{message}',
    advice: '{advice}',
    reference: {
      message:
        'The file in MOOSE_KEYS_FILE cannot be read, is readable by other users, or sets something that is not a key; the message says which.',
      advice: 'Fix what the message names: the file needs lines of `NAME=VALUE`, and `chmod 600`.',
    },
  },
  MACHINE_ID_UNREADABLE: {
    kind: 'configuration',
    message: 'The file {path}, which identifies this machine, cannot be read or created.',
    advice: 'Make it readable, or delete it while no Moose runs here; Moose then creates a new one.',
  },
  MOOSE_TOKEN_MISSING: {
    kind: 'configuration',
    message: 'MOOSE_URL names a server, but MOOSE_TOKEN is not set.',
    advice:
      'Create a token on that machine with `moose tokens create NAME`, and set MOOSE_TOKEN to it. To work on this machine, unset MOOSE_URL.',
  },
  MOOSE_URL_UNENCRYPTED: {
    kind: 'configuration',
    message: 'MOOSE_URL is {url}: over plain http, anyone on the network path could read the token.',
    advice:
      'Use https, or a tunnel such as `ssh -L 4317:127.0.0.1:4317 HOST` with MOOSE_URL=http://127.0.0.1:4317. On a network that only you use, set MOOSE_ALLOW_HTTP=1.',
  },
  PLATFORM_REFUSED: {
    kind: 'configuration',
    message: 'Moose does not run on {name}: {because}.',
    advice: '{advice}',
    reference: {
      advice:
        'Use a machine or a container with Linux and glibc. Commands also work here with a Moose on another machine: set MOOSE_URL and MOOSE_TOKEN.',
    },
  },
  RESTORE_UNFINISHED: {
    kind: 'configuration',
    message: 'A backup is being restored into {dataDirectory}, or was, and did not finish.{kept}',
    advice:
      'Wait for `moose restore`. If it was stopped, run it again with --force; for your own PostgreSQL, into a new database.',
  },
  SETTING_INVALID: {
    kind: 'configuration',
    message: '{name} is {given}, which has the wrong format.',
    advice: 'Write it as in {name}={example}.',
  },
  SETTING_INVALID_CHOICE: {
    kind: 'configuration',
    code: 'SETTING_INVALID',
    message: '{name} is "{given}", which is not a valid value.',
    advice: 'Set it to one of {choices}, or unset it for "{fallback}".',
  },
  SETTING_INVALID_DURATION: {
    kind: 'configuration',
    code: 'SETTING_INVALID',
    message: '{name} is "{given}", which is not a duration of at most 24 hours.',
    advice: 'Write it as 90s, 10m or 2h, or unset it.',
  },
  SETTING_INVALID_LABELS: {
    kind: 'configuration',
    code: 'SETTING_INVALID',
    message: '{name} is not a list of labels: {problem}',
    advice: 'Write labels as KEY=VALUE, separated by commas, for example gpu=yes,zone=eu.',
  },
  SETTING_INVALID_LOG_LEVEL: {
    kind: 'configuration',
    code: 'SETTING_INVALID',
    message: 'MOOSE_LOG_LEVEL is "{given}", which is not a log level.',
    advice: 'Set it to one of {logLevels}, or unset it.',
  },
  SETTING_INVALID_MONEY: {
    kind: 'configuration',
    code: 'SETTING_INVALID',
    message: '{name} is "{given}", which is not an amount of money.',
    advice: 'Write dollars, as in 0.50, or unset it for {fallback}.',
  },
  SETTING_INVALID_PATHS: {
    kind: 'configuration',
    code: 'SETTING_INVALID',
    message: 'MOOSE_SANDBOX_PATHS names "{given}", which is not an absolute path.',
    advice: 'Write paths that begin with / or ~/, separated by commas, with `:rw` after each writable one.',
  },
  SETTING_INVALID_PRICES: {
    kind: 'configuration',
    code: 'SETTING_INVALID',
    message: 'MOOSE_PRICES holds "{text}", which is not the price of a model.',
    advice:
      'Write dollars per million tokens of input and output, as in compatible/qwen3=0.20:0.60. If they differ, add the prices of input read from a cache, written to it, and written for an hour. The context size in tokens is optional, after an @.',
  },
  SETTING_INVALID_SIGN_IN: {
    kind: 'configuration',
    code: 'SETTING_INVALID',
    message: '{message}',
    advice: '{advice}',
  },
  SETTING_INVALID_SWITCH: {
    kind: 'configuration',
    code: 'SETTING_INVALID',
    message: '{name} is "{given}", which is neither on nor off.',
    advice: 'Set it to 1 or 0, or unset it.',
  },
  SETTING_INVALID_TIERS: {
    kind: 'configuration',
    code: 'SETTING_INVALID',
    message:
      'MOOSE_MODELS names {givenCount} models, but there are only three tiers: light, standard and strong.',
    advice: 'Specify one, two or three models, the strongest last.',
  },
  SETTING_INVALID_WHOLE_NUMBER: {
    kind: 'configuration',
    code: 'SETTING_INVALID',
    message: '{name} is "{given}", but must be a whole number from 1 to {integerMax}.',
    advice: 'Correct it, or unset it for the default of {fallback}.',
  },
  TEMPORARY_DIRECTORY_UNUSABLE: {
    kind: 'configuration',
    message: 'The directory for temporary files, {path}, cannot be used ({reason}).',
    advice: 'Create it and let the user that runs Moose write to it, or set TMPDIR to another directory.',
  },
});
