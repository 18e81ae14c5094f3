// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue, findings } from '../../domain/catalogue.ts';

export const workplaceFailures = catalogue('workplace', {
  AGENT_CRASHED_WITHOUT_TRACE: {
    kind: 'transient',
    failureClass: 'orchestration_error',
    message:
      '{name} died without an exit record: something killed it and the process that starts it. What it had changed was not committed.',
    advice:
      'Moose starts {name} again. If it happens again, find out what on this machine kills processes, such as a cleaning job or a lack of memory.',
  },
  BASE_BRANCH_MISSING: {
    kind: 'transient',
    message: 'The base branch {baseBranch} does not exist in {shownUrl}, so no pull request can be opened.',
    advice:
      'Say into which branch the change goes, or push {baseBranch} there again, then `moose retry ID --from creating_pr`. The work stays on {branch}.',
  },
  CHECK_INVALID: {
    kind: 'configuration',
    message: '{problem}.',
    advice: "Write KIND=COMMAND, where KIND is one of {checkKinds}: for example 'test=npm test'.",
    reference: { message: 'A check on the command line cannot be read.' },
  },
  CHECK_LOST: {
    kind: 'transient',
    failureClass: 'unknown',
    message:
      'The check "{command}" died without an exit record: something killed it and the process that starts it.',
    advice: 'Retry it: `moose retry ID --from verifying`.',
  },
  CONTAINER_IMAGE_NOT_ALLOWED: {
    kind: 'configuration',
    message: '{file} names the image {text}, and a repository may only name images of {publicRegistries}.',
    advice: 'If you trust {registry}, name the image yourself: `moose project set NAME --image {text}`.',
  },
  CONTAINER_IMAGE_UNUSABLE: {
    kind: 'configuration',
    message: 'Sessions cannot run in the image {name}: {said}.',
    advice:
      "Specify an image that has /bin/sh and is built for this machine's processor ({arch}), or none: `moose project set NAME --image none`.",
  },
  EGRESS_REFUSED: {
    kind: 'configuration',
    failureClass: 'dependency_missing',
    message:
      'The {kind} check `{command}` failed, and it was refused hosts that are not on its list: {refused}.',
    advice:
      'If the project needs them, {advice}; then `moose retry ID --from routing`. Otherwise read its output: `moose logs ID`.',
  },
  LOGIN_MISSING: {
    kind: 'configuration',
    message: 'The agent {agent} is set to use your login, but there is no login on {host}.',
    advice:
      'Sign in on that machine with `moose agents login {agent}`, or remove {agent} from the agents that use your login.',
  },
  LOGIN_NEEDS_ISOLATION: {
    kind: 'configuration',
    type: 'process',
    message:
      'A session with your login was not started: this machine cannot hide the login from other sessions, or cannot restrict the network of the session to the provider.',
    advice:
      'See isolation in `moose doctor`, and set it to auto or require; or let the agent use a key instead of your login.',
  },
  LOGIN_USED_UP: {
    kind: 'external',
    failureClass: 'budget_exceeded',
    message: 'The login of {agent} cannot be used until {untilAt}: {because}.',
    advice:
      'Wait: work resumes by itself. `moose agents ls` shows what is used; limits are under Agents in the settings.',
  },
  OUT_OF_MEMORY: {
    kind: 'transient',
    failureClass: 'orchestration_error',
    message:
      'The {what} was ended below its own limit ({peak} of {limit}), because memory was short: all sessions together, or the machine, had used it up. That says nothing about the change.',
    advice:
      'Let fewer sessions run at a time (`moose config set settings.limits.machine_slots NUMBER`), or lower the memory of each (`moose config set settings.limits.session_memory_mb MIB`). {again}',
  },
  PREPARED_ENTRY_GONE: {
    kind: 'transient',
    message: 'Sessions can no longer see the setup result that {user} uses: {entry}.',
    advice: 'Moose prepares the worktree again. If it happens again, find out what deletes folders there.',
  },
  PREPARED_FILES_CHANGED: {
    kind: 'permanent',
    message: 'The setup changes files that are copied from the checkout, so its result is not kept.',
    advice: 'Each work order runs the setup. Let the setup write to other files.',
  },
  PREPARED_FILE_STRANGE: {
    kind: 'permanent',
    message: 'The setup has made {path}, which is neither a file nor a folder nor a link.',
    advice: 'Each work order runs the setup. Let the setup remove it.',
  },
  PREPARED_TOO_LARGE: {
    kind: 'permanent',
    message: 'What the setup has made is too large to be kept: more than {files} files or {mebibytes} MiB.',
    advice: 'Each work order runs the setup. Raise settings.limits.prepared_gb, or let the setup make less.',
  },
  PROJECT_FILE_CHANGED: {
    kind: 'transient',
    message: '{path} changed while it was copied into a worktree.',
    advice:
      'Moose tries again. If it happens again, something keeps writing to it: name only the files that the project needs, in its file or with `moose project set NAME --file PATTERN`.',
  },
  REMOTE_MOVED_BY_SESSION: {
    kind: 'permanent',
    message:
      'While {name} ran, {address} was changed in {repositoryPath}: nothing is pushed until a person has checked it.',
    advice:
      'Check it with git -C {repositoryPath} config --list --show-origin. Fix it, then `moose retry {id}`.',
  },
  SERVICE_DIED: {
    kind: 'transient',
    failureClass: 'orchestration_error',
    message: 'The service {name} {how} while {step} needed it{said}',
    advice: 'Find out why it ends: `moose logs ID` has its output. Then `moose retry ID --from {step}`.',
  },
  SERVICE_NOT_READY: {
    kind: 'configuration',
    failureClass: 'dependency_missing',
    message: 'The service {name} {what}{said}',
    advice: '{advice} Full output: `moose logs ID`. Then `moose retry ID --from {step}`.',
  },
  SESSION_LEFT_BEHIND: {
    kind: 'transient',
    failureClass: 'orchestration_error',
    message:
      'The check "{command}" was cut off, because Moose or its machine stopped. It says nothing about the change.',
    advice: 'Moose runs it again. If it happens again, find out why the machine or its container stops.',
  },
  SESSION_LEFT_BEHIND_AT_HOME: {
    kind: 'transient',
    code: 'SESSION_LEFT_BEHIND',
    failureClass: 'orchestration_error',
    message:
      '{name} was cut off, because Moose or its machine stopped. What it had changed was not committed.',
    advice:
      'Moose starts {name} again on {here}. If it happens again, find out why {host} stops or loses its connection.',
  },
  SESSION_LEFT_BEHIND_ELSEWHERE: {
    kind: 'transient',
    code: 'SESSION_LEFT_BEHIND',
    failureClass: 'orchestration_error',
    message:
      '{name} worked on {host}, which does not continue this work order. What it changed there was not committed.',
    advice:
      'Moose starts {name} again on {here}. If it happens again, find out why {host} stops or loses its connection.',
  },
  SESSION_OUT_OF_MEMORY: {
    kind: 'configuration',
    failureClass: 'dependency_missing',
    message:
      'The {what} used up the memory of its session ({peak} of {limit}) and was ended. That says nothing about the change, and Moose does not run it again with the same limit.',
    advice:
      'Make it use less, for example with fewer workers, or raise the limit if this machine has the memory: `moose config set {key} MIB`. {again}',
  },
  SESSION_OUT_OF_PROCESSES: {
    kind: 'configuration',
    failureClass: 'dependency_missing',
    message:
      'The {what} started more processes and threads than its session may have ({limit}) and was ended. That says nothing about the change, and Moose does not run it again with the same limit.',
    advice:
      'Find out what starts them, or raise the limit if it needs so many: `moose config set {key} NUMBER`. {again}',
  },
  SETUP_FAILED: {
    kind: 'configuration',
    failureClass: 'dependency_missing',
    message: 'The setup `{command}` {ended} ({line})',
    advice: 'Fix it on the base branch or on this machine, or change `setup` in .moose/config.yml; {again}',
  },
  SETUP_INTERRUPTED: {
    kind: 'transient',
    message: 'The setup `{command}` was interrupted: the machine or the network failed.',
    advice: 'Read its output with `moose logs ID`; then `moose retry ID --from preparing`.',
  },
  SETUP_RED_BEFORE: {
    kind: 'configuration',
    failureClass: 'dependency_missing',
    message: 'The setup check `{command}` fails in the same way without the change ({line})',
    advice: 'Fix it on the base branch or on this machine; {again}',
  },
  SETUP_TIMED_OUT: {
    kind: 'configuration',
    failureClass: 'timeout',
    message: 'The setup `{command}` {ended} ({line})',
    advice: 'Find out what it waits for, or raise MOOSE_CHECK_TIME_LIMIT_MS; {again}',
  },
  WORKTREE_GONE: {
    kind: 'transient',
    failureClass: 'orchestration_error',
    message: 'The worktree {cwd} and its uncommitted changes were deleted while {name} ran in it.',
    advice:
      'Moose recreates it and restarts {name}. If it happens again, find out what deletes folders in {folder}.',
  },
  WORKTREE_RECORD_DAMAGED: {
    kind: 'permanent',
    message: 'The record of the files that Moose put into the worktree is damaged: {path}.',
    advice: 'Cancel the work order and submit it again: its next worktree has a new record.',
  },
});

export const workplaceFindings = findings('workplace', {
  GIT_SETTINGS_CHANGED: {
    message: '{message}',
    reference: {
      message: 'The git settings of a repository changed while a session ran in it; the message names them.',
      advice:
        'Check them before you run git there: git may start programs that they name. Then `moose alerts --resolve ID`.',
    },
  },
});
