// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from '../domain/catalogue.ts';

export const cliFailures = catalogue('cli', {
  CASE_UNREADABLE: {
    kind: 'configuration',
    message: 'Line {count} of the input {what}.',
    advice: 'Write one object per line: {"id", "cmd", "exit_code", "signal", "stdout", "stderr", …}.',
  },
  CLEANUP_FAILED: {
    kind: 'transient',
    message: 'The clean-up on the server failed after it had deleted {deleted} items: {error}',
    advice: 'Run `moose cleanup` again: it continues with what is left.',
  },
  COMMAND_NOT_ON_SERVER: {
    kind: 'configuration',
    message: 'This command works on the machine itself, but MOOSE_URL names {url}.',
    advice: 'Run it on that machine; or, to use this one, unset MOOSE_URL or give --data.',
  },
  CONTRACT_KIND_UNKNOWN: {
    kind: 'permanent',
    message: 'Moose cannot tell what kind of contract "{path}" is.',
    advice: 'Set it with --kind: typescript, json_schema, openapi, sql or protobuf.',
  },
  DIRECTOR_LIMIT_INVALID: {
    kind: 'permanent',
    message: '"{given}" does not say what the Director approves: {because}.',
    advice:
      'Write NAME=VALUE, as in cost_usd=2.50 or mode=ask; NAME=default leaves it to the settings. The names are {directorNames}.',
  },
  DURATION_INVALID: {
    kind: 'permanent',
    message: '"{text}" is not a duration.',
    advice: 'Write it as 90s, 10m, 2h or 7d.',
  },
  LIMIT_INVALID: {
    kind: 'permanent',
    message: '"{text}" is not an amount above $0 and below $1,000,000,000.',
    advice: 'Write dollars, as in 0.50.',
  },
  LIMIT_MISSING: {
    kind: 'permanent',
    message: 'You named a person or a project, but no limit.',
    advice: 'Add --daily USD or --monthly USD; `moose limits` alone shows every limit.',
  },
  NAME_NOT_SENDABLE: {
    kind: 'permanent',
    message: '"{text}" cannot be the name of anything in Moose.',
    advice: 'Check the name that was given.',
  },
  NOT_CONFIRMED: {
    kind: 'permanent',
    message: '{what} was not confirmed.',
    advice: 'Nothing was changed. Type yes to confirm.',
  },
  NO_CHANGE_YET: {
    kind: 'permanent',
    message: 'There is no change yet.',
    advice: '{explain}',
    reference: { advice: 'The advice is the same as the output of `moose explain`.' },
  },
  NPM_MISSING: {
    kind: 'configuration',
    message: 'npm is not installed, and only npm knows the registry.',
    advice: 'Install npm, which comes with Node.',
  },
  OPTION_CONTRADICTORY: {
    kind: 'permanent',
    message: '{flag} is given {givenCount} times, once with "{none}".',
    advice: 'Give either {flag} {none} alone, or the values without it.',
  },
  OPTION_REPEATED: {
    kind: 'permanent',
    message: '{flag} is given {givenCount} times.',
    advice: 'Give {flag} once, or ask for several candidates: `moose run "TITLE" --best-of 3`.',
  },
  PACKAGE_NOT_PUBLISHED: {
    kind: 'external',
    message: 'The registry that npm uses has no package {name}.',
    advice:
      'Moose is not published yet: upgrade as `moose upgrade` says, from a checkout or a packed file. If your organization publishes it, set the registry of npm to that one. This installation keeps working.',
  },
  PERSON_NEEDED: {
    kind: 'permanent',
    message: '{what} needs confirmation by a person, and there is no terminal to ask at.',
    advice: 'Run the command at a terminal, or sign in to Mission Control: `moose open`.',
  },
  PLAN_NOT_JSON: {
    kind: 'permanent',
    message: 'The plan is not JSON: {message}',
    advice: 'Start from what `moose spec show` prints with --json.',
  },
  PROJECT_CONFIG_EXISTS: {
    kind: 'permanent',
    message: '{configPath} exists and was not changed.',
    advice: 'Replace it with `moose init --force`, or edit it by hand.',
  },
  PROJECT_CONFIG_NOT_A_FILE: {
    kind: 'permanent',
    message: '{path} {what}.',
    advice: 'Look at it and move it away, then run `moose init` again.',
    reference: {
      message:
        '`.moose/config.yml` in the checkout is a link, a folder or much too large; `moose init` does not touch it.',
    },
  },
  PROJECT_CONFIG_NOT_WRITTEN: {
    kind: 'permanent',
    message: '{path} could not be written.',
    advice: 'Check that you may write there and that the disk is not full, then run `moose init` again.',
  },
  REGISTRY_UNREACHABLE: {
    kind: 'external',
    message:
      'npm got no version from its registry ({code}), so it is unknown whether there is a newer Moose.',
    advice: 'Try again with a network. This installation keeps working without one.',
  },
  REPOSITORY_NOT_ON_SERVER: {
    kind: 'configuration',
    message: '"{given}" is a folder on this machine, but Moose runs at {server}.',
    advice:
      'Specify the address of a remote, as in `--repo https://HOST/OWNER/REPO`, a project with `--project`, or an absolute path on that machine.',
  },
  REPRODUCE_DIRECTORY_USED: {
    kind: 'configuration',
    message: '{directory} is not empty.',
    advice: 'Specify a new folder with --into.',
  },
  SERVER_ANSWER_LOST: {
    kind: 'transient',
    message: 'The Moose at {url} did not answer, so it may or may not have done what you asked: {why}.',
    advice: 'Check first, for example with `moose ls` or `moose audit`, before you try again.',
  },
  SERVER_ANSWER_OLD: {
    kind: 'transient',
    message: 'The Moose at {url} can only return old data, from {asOf}: its database does not answer.',
    advice: 'Try again later; `moose doctor` on that machine says what is wrong with its database.',
  },
  SERVER_ANSWER_TOO_LARGE: {
    kind: 'permanent',
    message:
      '{url} sent more than a command accepts in one answer or one list: only {bytesMax} more bytes were allowed.',
    advice: 'Check MOOSE_URL; ask for less, for example with --limit.',
  },
  SERVER_ANSWER_UNREADABLE: {
    kind: 'permanent',
    message: '{url} does not answer as this version of Moose expects ({problem}).{runs}{done}',
    advice:
      'Run the same version on both machines: `moose --version` shows yours, and `moose upgrade` says how to change it. Also check MOOSE_URL.',
  },
  SERVER_ANSWER_UNREADABLE_OTHER_VERSION: {
    kind: 'permanent',
    code: 'SERVER_ANSWER_UNREADABLE',
    message: '{url} does not answer as this version of Moose expects ({what}).',
    advice: 'Check MOOSE_URL, and that the same version of Moose runs on both machines.',
  },
  SERVER_UNREACHABLE: {
    kind: 'transient',
    message: 'The Moose at {url} does not answer: {why}.',
    advice:
      'Check MOOSE_URL, and that `moose up` runs there. Without MOOSE_URL, Moose works on this machine.',
  },
  TEXT_UNREADABLE: {
    kind: 'permanent',
    message: '{source} cannot be read as text{why}.',
    advice: 'Check the path, and that the file is UTF-8.',
  },
  USAGE: {
    kind: 'permanent',
    message: '{text}',
    advice: 'Run `moose --help` to list the commands, or `moose COMMAND --help` for one of them.',
    reference: {
      message:
        'The command line is wrong. This is the answer with --json; otherwise the command itself says what is wrong.',
    },
  },
  VALUE_NOT_GIVEN: {
    kind: 'permanent',
    message: 'No value was given.',
    advice: 'Type it at the prompt, or pipe it in: `moose project variable set PROJECT NAME < FILE`.',
  },
  VALUE_NOT_TEXT: {
    kind: 'permanent',
    message: 'The value is not text in UTF-8.',
    advice: 'Encode it, for example with `base64`, and decode it where it is used.',
  },
  VALUE_TOO_LONG: {
    kind: 'permanent',
    message: 'The value has more than {bytesMax} bytes.',
    advice: 'Put it into a file that the project fetches.',
  },
  VALUE_UNREADABLE: {
    kind: 'permanent',
    message: 'The value cannot be read as {kind}.',
    advice: '{advice}',
    reference: {
      advice:
        'Write the value in the format of the setting: a number, a duration as in 90s, or JSON, for example in a @FILE.',
    },
  },
  VIEWER_ELSEWHERE: {
    kind: 'configuration',
    message: 'The agent runs on {host}, and so does its tmux session.',
    advice: 'Run the same command on {host}, or watch it here without `--tmux`.',
  },
  VIEWER_MISSING: {
    kind: 'permanent',
    message: 'No agent of this work order runs with a tmux session.',
    advice:
      'Watch it without `--tmux`. Moose starts viewers where tmux is installed, unless settings.agents.viewers is none.',
  },
  VIEWER_NEEDS_TERMINAL: {
    kind: 'configuration',
    message: 'A tmux session can be opened only at a terminal.',
    advice: 'Run it at a terminal, or watch without `--tmux`.',
  },
  WAIT_STOPPED: {
    kind: 'transient',
    message: 'Stopped waiting. Work order {short} continues without this command.',
    advice: 'Follow it with `moose logs {short} -f`; `moose cancel {short}` cancels it.',
  },
  WAIT_STOPPED_WITH_WORK: {
    kind: 'transient',
    code: 'WAIT_STOPPED',
    message: 'Stopped. Work order {short} keeps its progress, but no Moose process is working on it now.',
    advice: 'Continue it with `moose up`; `moose cancel {short}` cancels it.',
  },
});
