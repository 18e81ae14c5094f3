// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from '../../domain/catalogue.ts';

export const pipelineFailures = catalogue('pipeline', {
  AGENT_ELSEWHERE: {
    kind: 'transient',
    failureClass: 'orchestration_error',
    message: '{name} still runs on {host}, which has {seconds} s to continue.',
    advice: 'Wait. If {host} does not continue, another machine starts {name} again.',
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
