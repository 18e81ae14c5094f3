// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue, findings } from '../../domain/catalogue.ts';

export const pipelineFailures = catalogue('pipeline', {
  AGENT_CRASHED_WITHOUT_TRACE: {
    kind: 'transient',
    failureClass: 'orchestration_error',
    message:
      '{name} died without an exit record: something killed it and the process that starts it. What it had changed was not committed.',
    advice:
      'Moose starts {name} again. If it happens again, find out what on this machine kills processes, such as a cleaning job or a lack of memory.',
  },
  AGENT_ELSEWHERE: {
    kind: 'transient',
    failureClass: 'orchestration_error',
    message: '{name} still runs on {host}, which has {seconds} s to continue.',
    advice: 'Wait. If {host} does not continue, another machine starts {name} again.',
  },
  BASE_BRANCH_MISSING: {
    kind: 'transient',
    message: 'The base branch {baseBranch} does not exist in {shownUrl}, so no pull request can be opened.',
    advice:
      'Say into which branch the change goes, or push {baseBranch} there again, then `moose retry ID --from creating_pr`. The work stays on {branch}.',
  },
  BASE_BRANCH_MISSING_AT_START: {
    kind: 'configuration',
    code: 'BASE_BRANCH_MISSING',
    message: 'The base branch {baseBranch} does not exist in {shownUrl}, so no pull request could be opened.',
    advice:
      'Push it: `git -C {path} push {remote} {branch}`, then `moose retry ID`. Or start from another branch: submit again with --base.',
  },
  CHECK_FAILED_MARKS: {
    kind: 'permanent',
    code: 'CHECK_FAILED',
    failureClass: 'contract_violation',
    message: '{message}',
    advice: 'Resolve the conflict on its branch, or retry with instructions: `moose retry ID --note "…"`.',
    reference: {
      message: "One of the project's checks ended with an exit code other than 0, or took too long.",
    },
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
  COMMAND_CANNOT_RUN: {
    kind: 'configuration',
    message: 'The command `{command}` cannot run here and ended with exit code {exitCode}: {line}',
    advice:
      'Provide what it names on this machine or in the setup of the project, then `moose retry ID --from applying`. Full output: `moose logs ID`.',
  },
  COMMAND_FAILED: {
    kind: 'permanent',
    failureClass: 'unknown',
    message: 'The command `{command}` ended with exit code {exitCode}: {line}',
    advice:
      'Read its output with `moose logs ID`; `moose retry ID --from applying` runs it again, and `moose run … --command` submits another one.',
  },
  COMMAND_FAILED_STOPPED: {
    kind: 'permanent',
    code: 'COMMAND_FAILED',
    failureClass: 'unknown',
    message: '{sentence}',
    advice:
      'Read its output with `moose logs ID`; `moose retry ID --from applying` runs it again, and `moose run … --command` submits another one.',
  },
  COMMAND_IN_CONFLICT: {
    kind: 'permanent',
    failureClass: 'contract_violation',
    message:
      'The change conflicts with its base branch, and the command that made it cannot resolve a conflict.',
    advice:
      'Resolve it on its branch, then `moose retry ID --from verifying`; or cancel it and submit the command again, which then starts from the new base.',
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
  CONTRACT_BROKEN: {
    kind: 'permanent',
    failureClass: 'contract_violation',
    message: '{message}',
    advice:
      'Send the change back to the agent, or accept the new contract: `moose escalations` shows the options.',
    reference: {
      message:
        'The change breaks a contract that other work orders rely on, does not deliver it, or changes one that it only uses.',
    },
  },
  DEPENDENCY_GONE: {
    kind: 'permanent',
    message: '{words}',
    advice: 'Cancel it with `moose cancel {id}`, or plan the rest of the spec again without it.',
    reference: { message: 'What the work order depends on was closed, cancelled, or reverted.' },
  },
  DEPENDENCY_NOT_MERGED: {
    kind: 'permanent',
    message:
      'This work order depends on several changes, and pull request {number} of work order {workOrderId} ("{title}") is not merged yet.',
    advice: 'Merge that one with `moose merge {workOrderId}`; then `moose retry {id}`.',
  },
  DEPENDENCY_NOT_READY: {
    kind: 'permanent',
    message: 'This work order depends on work order {workOrderId} ("{title}"), which has no change yet.',
    advice:
      'Wait until that one has its pull request (`moose explain {workOrderId}`); then `moose retry {id}`.',
  },
  EGRESS_REFUSED: {
    kind: 'configuration',
    failureClass: 'dependency_missing',
    message:
      'The {kind} check `{command}` failed, and it was refused hosts that are not on its list: {refused}.',
    advice:
      'If the project needs them, {advice}; then `moose retry ID --from routing`. Otherwise read its output: `moose logs ID`.',
  },
  EGRESS_REFUSED_COMMAND: {
    kind: 'configuration',
    code: 'EGRESS_REFUSED',
    failureClass: 'dependency_missing',
    message: 'The command `{command}` failed, and it was refused hosts that are not on its list: {refused}.',
    advice:
      'If it needs them, {advice}; then `moose retry ID --from routing`. Otherwise read its output: `moose logs ID`.',
  },
  LABELS_MISSING: {
    kind: 'configuration',
    message: 'The machine {host} does not have {missing}.',
    advice: 'Start `moose worker{flags}` on a machine that {these}.',
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
  MODELS_EXCLUDED: {
    kind: 'configuration',
    message: 'Every model for this work is excluded from it, or stopped: {excluded}.',
    advice:
      'Choose a model with `moose retry ID --model MODEL`, or remove an exclusion: `moose learning patterns` lists the exclusions. If a model is stopped (`moose budget`), check its price, then `moose limits --thaw`.',
  },
  NO_MODEL: {
    kind: 'configuration',
    message: 'No model is configured.',
    advice:
      'Set ANTHROPIC_API_KEY, OPENAI_API_KEY or GEMINI_API_KEY, and start Moose again; `moose doctor` shows more.',
  },
  NO_MODEL_LEFT: {
    kind: 'permanent',
    code: 'NO_MODEL',
    message: 'There was no other model to ask.',
    advice: 'Choose a model: `moose retry ID --model provider/model`.',
  },
  NOTHING_LEFT: {
    kind: 'permanent',
    message: 'Nothing that {name} left is in the worktree any more, or nothing of it belongs in a commit.',
    advice: 'Start it again: `moose retry ID --from generating`.',
  },
  NO_PROGRESS: {
    kind: 'permanent',
    severity: 'high',
    failureClass: 'orchestration_error',
    message:
      'This work order used {cost}, {agentRuns} agent runs and {modelCalls} model calls without any new verified fact, so Moose parked it.',
    advice: 'See `moose show {id}`; `moose retry {id} --note "…"` continues it.',
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
  PULL_REQUEST_ENDED: {
    kind: 'permanent',
    message:
      'Pull request {number} was {state} while Moose worked on it, so Moose has not pushed its newest commit.',
    advice:
      'Cancel the work order if the pull request is enough: its commits stay on its branch. `moose retry ID --from creating_pr` opens another pull request with them.',
  },
  PULL_REQUEST_NOT_AS_WRITTEN: {
    kind: 'transient',
    message: 'The pull request of {headBranch} does not show the commit that was pushed.',
    advice: 'Retry it: `moose retry ID --from creating_pr`.',
  },
  PUSH_NOT_AS_WRITTEN: {
    kind: 'transient',
    message: 'The branch {branch} on the remote is not at the commit that was pushed.',
    advice: 'Look at the branch on the remote; then `moose retry ID --from creating_pr`.',
  },
  REMOTE_MOVED_BY_SESSION: {
    kind: 'permanent',
    message:
      'While {name} ran, {address} was changed in {repositoryPath}: nothing is pushed until a person has checked it.',
    advice:
      'Check it with git -C {repositoryPath} config --list --show-origin. Fix it, then `moose retry {id}`.',
  },
  REMOTE_SETTINGS_UNREAD: {
    kind: 'configuration',
    message:
      "Moose cannot reach {shownUrl} ({said}). The repository's own git configuration sets {names}, which Moose does not read.",
    advice:
      'Move these settings to the configuration of the user of Moose (`git config --global`; `includeIf` limits them to one folder), then `moose retry ID`.',
  },
  REMOTE_SETTINGS_UNREAD_REWRITTEN: {
    kind: 'configuration',
    code: 'REMOTE_SETTINGS_UNREAD',
    message:
      "The repository's own git configuration rewrites the address {shownUrl} to {to} ({rule}), and Moose does not read that rule: it would push to another place.",
    advice:
      'Give the remote that address: `git -C {path} remote set-url {remote} {word}`. Or move the rule to the configuration of the user of Moose (`git config --global`). Then `moose retry ID`.',
  },
  REMOTE_TAKES_NO_PUSH: {
    kind: 'configuration',
    message: 'Nothing can be pushed to {shownUrl}, where {name} leads for pushes: {fault}.',
    advice:
      'Give it an address that takes pushes: `git -C {path} remote set-url --push {remote} ADDRESS`, then `moose retry ID`.',
  },
  REMOTE_WITHOUT_DEFAULT_BRANCH: {
    kind: 'configuration',
    message: '{place} names no default branch: it may be empty.',
    advice:
      'Push a first commit there, or name the branch to start from: `moose project set {name} --base BRANCH`.',
  },
  REVIEW_REQUESTS_CHANGES: {
    kind: 'permanent',
    failureClass: 'unknown',
    message: '{reviewer} requests changes: {first}{rest}',
    advice: 'Retry it with instructions: `moose retry ID --note "…"`.',
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
  TAKE_UPS_EXHAUSTED: {
    kind: 'permanent',
    severity: 'high',
    failureClass: 'orchestration_error',
    message: 'The step {step} was started {starts} times, and each time the process died before it finished.',
    advice: 'Look for out-of-memory kills or crashes on the machine; then `moose retry` it.',
  },
  UNDO_INCOMPLETE: {
    kind: 'permanent',
    severity: 'high',
    message: 'Moose could not undo {what} that it did: {message}',
    advice: '{advice} See what is left with `moose undo {id} --plan`; continue with `moose undo {id}`.',
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
  WORK_NOT_WORTH_ITS_COST: {
    kind: 'permanent',
    message:
      'Based on past outcomes in this project, no model is likely to finish this work for less than its value of {value}.',
    advice:
      'Retry it, which uses the model of the static rule: `moose retry ID`; or split it, or raise settings.limits.finished_value_usd.',
  },
  CHECK_FAILED: {
    kind: 'permanent',
    message: '{summary}',
    advice: 'Read its output with `moose logs ID`; retry with instructions: `moose retry ID --note "…"`.',
  },
  CHECK_INTERRUPTED: {
    kind: 'transient',
    message: '{summary}',
    advice: 'Read its output with `moose logs ID`; retry with instructions: `moose retry ID --note "…"`.',
    reference: {
      message:
        'A check failed because of the machine or the network, not because of the change, so it runs again on the same change.',
    },
  },
});

export const pipelineFindings = findings('pipeline', {
  GIT_SETTINGS_CHANGED: {
    message: '{message}',
    reference: {
      message: 'The git settings of a repository changed while a session ran in it; the message names them.',
      advice:
        'Check them before you run git there: git may start programs that they name. Then `moose alerts --resolve ID`.',
    },
  },
});
