// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from '../../domain/catalogue.ts';

export const commandFailures = catalogue('commands', {
  AGENT_UNKNOWN: {
    kind: 'configuration',
    message: 'There is no agent called "{name}"{namedBy}.',
    advice: 'Choose one of: {agentNames}.',
  },
  APPROVAL_NOT_NEEDED: {
    kind: 'permanent',
    message: 'Work order {id} does not require approval.',
    advice: 'No approval is needed; see its state with `moose explain {id}`.',
  },
  APPROVAL_NOT_YOURS: {
    kind: 'permanent',
    message: 'Only a person can approve work order {id}.',
    advice: 'Approve it yourself: `moose approve {id}`.',
  },
  ASKED_INVALID: {
    kind: 'permanent',
    message: '{problem}',
    advice:
      'Name each test, name or path on its own, in a few words, for example --may-skip "opens a window" or --may-change tsconfig.json.',
    reference: {
      message: 'What the task of a work order allows to change is invalid; the message says why.',
    },
  },
  BRANCH_HAS_OTHER_COMMITS: {
    kind: 'permanent',
    message:
      'Others have pushed to the branch of pull request {number}, so work order {id} could not publish another commit there.',
    advice:
      'Submit a work order that begins from that branch: `moose run "…" --base {headBranch}`. Moose goes on following the pull request.',
  },
  CANDIDATES_INVALID: {
    kind: 'permanent',
    message: '{problem}',
    advice:
      'Ask for {min} to {max} candidates: `moose run "TITLE" --best-of 3`, with at most as many models or agents; or leave --best-of out.',
    reference: {
      message:
        'The number of candidates, or of their models or agents, cannot be used; the message says why.',
    },
  },
  COMMAND_HAS_NO_AGENT: {
    kind: 'permanent',
    message: 'Work order {id} is done by a command, which has no agent or model and reads no instructions.',
    advice:
      'Run the command again: `moose retry {id} --from applying`; or submit a work order for an agent: `moose run "TITLE"`.',
  },
  COMMAND_INVALID: {
    kind: 'permanent',
    message: '{problem}',
    advice:
      'Give one shell command of at most 4,096 characters, without --agent, --model, --best-of and --also-in: `moose run "TITLE" --command \'npm update\'`. Put a longer one into a script of the repository.',
    reference: { message: 'The command of a work order cannot be used; the message says why.' },
  },
  JOINT_CHANGE_INVALID: {
    kind: 'permanent',
    message: '{message}',
    advice:
      'Specify up to {max} different repositories, without --best-of: `moose run "TITLE" --repo SERVER --also-in CLIENT`.',
    reference: {
      message: 'The repositories of a joint change cannot be used together; the message says why.',
    },
  },
  LABEL_INVALID: {
    kind: 'permanent',
    message: '{problem}',
    advice: 'Write labels as KEY=VALUE, of letters, digits, dots, slashes and hyphens, for example gpu=yes.',
    reference: { message: 'A label of a work order or a project is invalid; the message says which.' },
  },
  LIMIT_NEEDED: {
    kind: 'permanent',
    message: 'The whole system always has a daily and a monthly limit.',
    advice:
      'Set another amount: `moose limits --daily USD`. Only limits of people and projects can be removed.',
  },
  LIMIT_NOT_RAISED: {
    kind: 'permanent',
    message: '{message}',
    advice: '{advice}',
    reference: {
      message: 'The new limit is not above the current one, or is above what Moose allows.',
      advice: 'Choose a limit above the one in the message, or keep the current one.',
    },
  },
  LIMIT_NOT_YOURS: {
    kind: 'permanent',
    message: 'Only a person may raise a limit or lift a freeze.',
    advice: 'Do it in the browser, or with `moose limits`.',
  },
  LIMIT_NOT_YOURS_OF_ORDER: {
    kind: 'permanent',
    code: 'LIMIT_NOT_YOURS',
    message: 'Only a person can raise the limits of work order {id}.',
    advice: 'Raise it yourself: `moose retry ID --limit USD`.',
  },
  LIMIT_NOT_YOURS_ONE: {
    kind: 'permanent',
    code: 'LIMIT_NOT_YOURS',
    message: 'Only a person can raise the {limit} limit.',
    advice: 'Raise it yourself: `moose limits --{limit} USD`.',
  },
  LIMIT_PERSON_INVALID: {
    kind: 'permanent',
    message: '"{name}" is not the name of a person or a program.',
    advice: 'Give the name under which the work orders are listed, such as ada or api:ci.',
  },
  MERGE_BASE_MISSING: {
    kind: 'permanent',
    message:
      'The base branch {baseBranch} was deleted in {shownUrl}, so the change cannot be merged into it.',
    advice:
      'Push {baseBranch} there again and repeat the merge, or give its pull request another base branch on the forge. To drop the change: `moose undo {id}`.',
  },
  MERGE_BASE_REWRITTEN: {
    kind: 'permanent',
    message: '{words} It was not merged.',
    advice:
      'Redo it as a new work order on the current base branch with `moose retry {id}`, or drop it with `moose undo {id}`.',
    reference: {
      message:
        'The base branch no longer contains the commit that the change started from: a merge would bring back what was taken out of it.',
    },
  },
  MERGE_BASE_REWRITTEN_OPEN: {
    kind: 'permanent',
    code: 'MERGE_BASE_REWRITTEN',
    message: '{words} It was not merged.',
    advice: 'Moose moves the change onto the new base branch by itself; merge it when that is done.',
    reference: {
      message:
        'The base branch no longer contains the commit that the change started from: a merge would bring back what was taken out of it.',
    },
  },
  MERGE_CONFLICT: {
    kind: 'permanent',
    message: '{message}',
    advice:
      'Redo it as a new work order on the current base branch with `moose retry {id}`, or drop it with `moose undo {id}`. By hand: rebase its branch {branch}, push it, and merge it yourself.',
  },
  MERGE_RED_TOGETHER: {
    kind: 'permanent',
    message: 'The change is green alone, and red together with {names}: {red}. It was not merged.',
    advice:
      'Redo it as a new work order on the current base branch with `moose retry {id}`, or drop it with `moose undo {id}`.',
  },
  MERGE_UNCHECKED: {
    kind: 'transient',
    message:
      'The change was verified before {names}, and its checks could not run on both together. It was not merged.',
    advice:
      'See that the setup of the project runs on this machine, then merge again: `moose merge {id}`. To merge without this check, set `together: off`.',
  },
  MERGE_OUT_OF_ORDER: {
    kind: 'permanent',
    message: '{words}',
    advice: 'Merge that one first: `moose merge {workOrderId}`.',
    reference: {
      message: 'An earlier change of the same joint change is not merged; the message says which.',
    },
  },
  MERGE_OUT_OF_ORDER_FOR_GOOD: {
    kind: 'permanent',
    code: 'MERGE_OUT_OF_ORDER',
    message: '{words}',
    advice: 'Merge it on the forge yourself if it is right without the other; `moose diff {id}` shows it.',
  },
  MERGE_WHILE_PAUSED: {
    kind: 'permanent',
    message: '{heldBy} paused work order {id}, and a pause stops its merge too.',
    advice: 'Resume it, then merge it again: `moose resume {id}`.',
  },
  MESSAGES_TOO_MANY: {
    kind: 'permanent',
    message: 'Work order {id} already has {messagesMax} messages.',
    advice: 'Cancel it, `moose cancel {id}`, and submit a new one that contains everything.',
  },
  MESSAGE_INVALID: {
    kind: 'permanent',
    message: '{message}',
    advice: '{advice}',
    reference: {
      message: 'The message is empty or too long, or its file or line is invalid.',
      advice:
        'Say what should be different, in at most 10,000 characters. If you give a line, also give its file.',
    },
  },
  MESSAGE_TOO_LATE: {
    kind: 'permanent',
    message: 'Work order {id} is being published or cancelled, so no agent would read the message.',
    advice: 'Wait until it has ended, and submit a new work order that changes its result.',
  },
  NOTHING_TO_PAUSE: {
    kind: 'permanent',
    message: 'Work order {id} is {status}, and nothing is running.',
    advice: 'See its current state with `moose show {id}`.',
  },
  NOTHING_TO_PAUSE_BEFORE_APPROVAL: {
    kind: 'permanent',
    code: 'NOTHING_TO_PAUSE',
    message: 'Work order {id} waits for approval and does not start before that.',
    advice: 'Leave it as it is, or cancel it with `moose cancel {id}`.',
  },
  NOTHING_TO_PAUSE_WHILE_CANCELLED: {
    kind: 'permanent',
    code: 'NOTHING_TO_PAUSE',
    message: 'Work order {id} is being cancelled.',
    advice: 'Wait until it ends: `moose logs {id} -f`.',
  },
  NOT_FROM_THERE: {
    kind: 'permanent',
    message: 'Work order {id} is completed, and its pull request conflicts: it cannot start from {from}.',
    advice: 'Omit the step: `moose retry {id}` redoes the work as a new work order.',
  },
  NO_PULL_REQUEST: {
    kind: 'permanent',
    message: 'Work order {id} has no pull request.',
    advice: 'See why with `moose explain {id}`.',
  },
  PAUSE_NOT_YOURS: {
    kind: 'permanent',
    message: '{heldBy} paused work order {id}: only a person can resume it.',
    advice: 'Resume it yourself: `moose resume {id}`.',
  },
  PAUSE_NOT_YOURS_OF_SPEC: {
    kind: 'permanent',
    code: 'PAUSE_NOT_YOURS',
    message: '{runChangedBy} paused the spec: only a person can resume it.',
    advice: 'Resume it yourself: `moose spec resume {id}`.',
  },
  PREVIEWS_OFF: {
    kind: 'permanent',
    message: 'Previews are off.',
    advice:
      'Set MOOSE_PREVIEW_URL for `moose up`, as in https://*.preview.example.org, and restart it; on your own machine, http://*.localhost:4318 needs no DNS.',
  },
  PREVIEW_ELSEWHERE: {
    kind: 'permanent',
    message: 'Service {service} runs on the machine {host}, and previews of it are opened there only.',
    advice: 'Run `moose preview` on that machine, or open its Mission Control.',
  },
  PREVIEW_NOT_RUNNING: {
    kind: 'permanent',
    message: 'No service of work order {id} that could be opened is running and ready now{named}.',
    advice:
      'Services run while an agent or checks work. A service needs `preview: true`, or a `url` on localhost, in .moose/config.yml; `moose show {id}` lists those that run.',
  },
  PREVIEW_OVER: {
    kind: 'permanent',
    message: 'This preview is over: its service has ended, or it was open for an hour, or you signed out.',
    advice: 'Open another one on the page of the work order, or with `moose preview`, while a service runs.',
  },
  PREVIEW_PORT_NOT_OWN: {
    kind: 'permanent',
    message:
      'Service {service} uses the network of the machine, and its port {port} is not one that its worktree has for itself.',
    advice:
      'Let it listen on $MOOSE_PORT_BASE or one of the 19 ports after it: other ports may belong to other programs.',
  },
  PREVIEW_SERVICE_NEEDED: {
    kind: 'permanent',
    message: 'Work order {id} runs several services: {names}.',
    advice: 'Name one of them.',
  },
  PROJECT_NOT_FOUND: {
    kind: 'configuration',
    message: 'There is no project "{given}".',
    advice: 'Did you mean {near}?',
  },
  PROJECT_NOT_FOUND_LIST: {
    kind: 'configuration',
    code: 'PROJECT_NOT_FOUND',
    message: 'There is no project "{given}".',
    advice: 'List the projects with `moose project ls`.',
  },
  PROJECT_NOT_YOURS: {
    kind: 'permanent',
    message: '{place} is not a project yet, and only an admin can add one.',
    advice: 'Ask an admin to add it on the page "Projects", or with `moose project add {place}`.',
  },
  PULL_REQUEST_STACKED: {
    kind: 'permanent',
    message: '{words}',
    advice: 'Merge that one first: `moose merge {workOrderId}`.',
    reference: {
      message: 'The pull request is stacked on another one that is not merged yet, and is merged after it.',
    },
  },
  PULL_REQUEST_STACKED_FOR_GOOD: {
    kind: 'permanent',
    code: 'PULL_REQUEST_STACKED',
    message: '{words}',
    advice:
      'Look at both: `moose diff {id}`; merge it on the forge yourself if it is right without the other.',
  },
  SECRET_IN_CHECK: {
    kind: 'permanent',
    message: 'The {kind} check contains a secret: `{command}`.',
    advice: 'Let the command read it from a file outside the repository, then submit it again.',
  },
  SECRET_IN_COMMAND: {
    kind: 'permanent',
    message: 'The command contains a secret: `{command}`.',
    advice:
      'Set it as a variable of the project (`moose project variable set`), and let the command read that; then submit it again.',
  },
  SPEC_NOT_APPROVED: {
    kind: 'permanent',
    message: 'No plan of the spec is approved, so it has no work orders.',
    advice: 'Approve and run its plan: `moose spec run {id}`.',
  },
  SPEC_NOT_RUNNING: {
    kind: 'permanent',
    message: 'The spec is {state}: none of its work orders is running.',
    advice: 'See its work orders with `moose spec status {id}`.',
  },
  SPEC_PAUSED: {
    kind: 'permanent',
    message: 'The spec is paused: none of its work orders starts until it is resumed.',
    advice: 'Resume it (`moose spec resume {id}`), and then retry it.',
  },
  SPEC_RUN_OVER: {
    kind: 'permanent',
    message: 'The spec was cancelled, and stays so.',
    advice: 'Store the spec again to plan and build it: `moose spec show {id} --text` prints its text.',
  },
  STEP_NOT_REACHED: {
    kind: 'permanent',
    message: 'The work order cannot start from {from}: {before} has not succeeded yet.',
    advice: 'Start from that step: `moose retry {id} --from {before}`.',
  },
  SUBMISSION_INVALID: {
    kind: 'permanent',
    message: '{problem}',
    advice: '{advice}',
    reference: {
      message:
        'The title, the description, the limit or the time limit of a work order cannot be used; the message says which.',
      advice: 'Fix what the message names.',
    },
  },
  SUBMISSION_WITHOUT_REPOSITORY: {
    kind: 'permanent',
    message: 'A work order needs either a project or a repository.',
    advice: 'Specify either a project, or the path or address of a repository.',
  },
  WORK_ORDER_AT_WORK: {
    kind: 'permanent',
    message: 'Work order {id} is being {act}: it cannot be {what}.',
    advice: 'Wait until it ends: `moose logs {id} -f`.',
  },
  WORK_ORDER_AT_WORK_CANNOT: {
    kind: 'permanent',
    code: 'WORK_ORDER_AT_WORK',
    message: 'Work order {id} is {status}: it cannot be {what}.',
    advice: 'Wait until it ends, or stop it first: `moose cancel {id}`.',
  },
  WORK_ORDER_CHANGED: {
    kind: 'permanent',
    message: 'Someone else has just changed work order {id}.',
    advice: 'See its current state with `moose show {id}`.',
  },
  WORK_ORDER_OVER: {
    kind: 'permanent',
    message: 'Work order {id} is already {status}.',
    advice: 'To undo what it did, start with `moose undo {id} --plan`.',
  },
  WORK_ORDER_OVER_SUBMIT: {
    kind: 'permanent',
    code: 'WORK_ORDER_OVER',
    message: 'Work order {id} is already {status}.',
    advice: 'Submit a new one.',
  },
  WORK_ORDER_PROJECT_GONE: {
    kind: 'permanent',
    message: '{message}',
    advice: 'Add the project again with `moose project add`, and repeat this; or cancel the work order.',
    reference: { message: 'The project "…" was removed, so its work orders cannot start again.' },
  },
});
