// What the errors of this room say: a code, its kind, its message and its advice each stand here once.
import { catalogue } from '../catalogue.ts';

export const agentFailures = catalogue('agents', {
  AGENT_ANSWERED: {
    kind: 'permanent',
    failureClass: 'unknown',
    message: '{sentence}',
    advice:
      'Read what it said. Answer it with instructions: `moose retry ID --note "…"`; if nothing has to change, close the work order with the option `close`.',
    reference: {
      message:
        'The agent said something instead of changing anything: it asks, waits, or finds nothing to do.',
    },
  },
  AGENT_AUTHENTICATION: {
    kind: 'configuration',
    severity: 'high',
    message: 'The key that {title} used to call its model was refused{status}: {said}.',
    advice: "Check the provider's key and base URL in the settings, and that the key may use the model.",
  },
  AGENT_BAD_REQUEST: {
    kind: 'permanent',
    message: 'The provider refused a request from {title}{status}: {said}.',
    advice: "Read the provider's message; another model may accept the same request.",
  },
  AGENT_BRAKED: {
    kind: 'permanent',
    message: '{title} kept repeating itself and was stopped: {said}.',
    advice:
      'Check what it repeated with `moose logs ID`; then give it instructions, or choose another agent or model.',
  },
  AGENT_BUDGET: {
    kind: 'permanent',
    failureClass: 'budget_exceeded',
    message: 'The spending limit is used up, so {title} was not started.',
    advice: "Raise the work order's limit, or cancel it.",
  },
  AGENT_BUDGET_REPORTED: {
    kind: 'permanent',
    code: 'AGENT_BUDGET',
    failureClass: 'budget_exceeded',
    message: '{title} stopped at its spending limit: {said}.',
    advice: "Raise the work order's limit, or split it.",
  },
  AGENT_CANNOT_RUN: {
    kind: 'configuration',
    message: 'The agent {agent} cannot run here: {line}',
    advice:
      'If the program is there, sessions do not see it: name its directory in MOOSE_SANDBOX_PATHS, start Moose again, then `moose retry ID --from applying`.',
  },
  AGENT_CANNOT_RUN_AS_SET_UP: {
    kind: 'configuration',
    code: 'AGENT_CANNOT_RUN',
    message: 'The agent {agent} cannot run here: {line}',
    advice:
      'Repair what it names on this machine, then `moose retry ID --from applying`; or choose another agent.',
  },
  AGENT_CONTEXT_TOO_LONG: {
    kind: 'permanent',
    message: 'The conversation of {title} became too long for the model{status}: {said}.',
    advice: 'Split the work order, or choose a model with a larger context.',
  },
  AGENT_CRASHED: {
    kind: 'transient',
    failureClass: 'unknown',
    message: '{sentence}',
    advice: 'Retry it: `moose retry ID --from applying`.',
    reference: { message: 'The agent ended and never reported a result, or claims success and was killed.' },
  },
  AGENT_CUT_OFF: {
    kind: 'permanent',
    message: '{title} was cut off in the middle of its work: {said}.',
    advice:
      'Read what it said and what it left; then check the files that it left, or let it go on with a retry.',
  },
  AGENT_CUT_OFF_AGAIN: {
    kind: 'permanent',
    message: '{sentence} It had gone on after it was cut off before.',
    advice:
      'Read what it said and what it left; then check the files that it left, or let it go on with a retry.',
    reference: { message: 'The agent was cut off in the middle of its work, and again when it went on.' },
  },
  AGENT_FAILED: {
    kind: 'permanent',
    failureClass: 'unknown',
    message: '{title} reported a failure: {said}.',
    advice: "Read the end of the session's output; retry, or choose another agent or model.",
  },
  AGENT_FEATURE_REFUSED: {
    kind: 'permanent',
    message: '{title} asked for something whose cost cannot be bounded: {said}.',
    advice: 'Choose another agent, or another version of this one.',
  },
  AGENT_MEMBER_REFUSED: {
    kind: 'permanent',
    message: '{title} sends "{member}" with its requests, and each is refused for it: {said}.',
    advice:
      'Another attempt ends in the same way. Choose another agent or model, or install a version of {title} that does not send it, then retry.',
  },
  AGENT_MEMBER_REFUSED_HERE: {
    kind: 'permanent',
    code: 'AGENT_MEMBER_REFUSED',
    message: '{title} sends "{member}" with its requests, and each is refused for it: {said}.',
    advice:
      'Another attempt ends in the same way. If the provider documents that it costs nothing, allow it with `moose config set settings.models.allowed_members \'["{member}"]\'` (add it to the names that are there), then retry. Otherwise choose another agent or model, or install a version of {title} that does not send it.',
  },
  AGENT_GATEWAY_MISSING: {
    kind: 'configuration',
    message: 'OpenCode does not speak {wire}.',
    advice: 'Choose a model whose provider speaks a protocol of this agent.',
  },
  AGENT_GATEWAY_MISSING_AT_ALL: {
    kind: 'configuration',
    code: 'AGENT_GATEWAY_MISSING',
    message: '{title} was given no access to its model.',
    advice: 'Choose a model whose provider speaks a protocol of this agent.',
  },
  AGENT_GATEWAY_MISSING_FOR_PI: {
    kind: 'configuration',
    code: 'AGENT_GATEWAY_MISSING',
    message: 'pi does not speak {wire}.',
    advice: 'Choose a model whose provider speaks a protocol of this agent.',
  },
  AGENT_GATEWAY_MISSING_FOR_QWEN_CODE: {
    kind: 'configuration',
    code: 'AGENT_GATEWAY_MISSING',
    message: 'Qwen Code does not speak {wire}.',
    advice: 'Choose a model whose provider speaks a protocol of this agent.',
  },
  AGENT_HOME_STRANGE: {
    kind: 'configuration',
    message: "In the agent's home directory, {path} is not a regular file, or is endless.",
    advice:
      'The agent, or something that it ran, put it there: check it, remove it, and retry the work order.',
  },
  AGENT_INSTRUCTIONS_UNUSABLE: {
    kind: 'configuration',
    message: 'The instructions for agents in {name} {problem}.',
    advice:
      'Commit {name} as a file of the repository, or remove it from the branch; then `moose retry ID --from routing`.',
  },
  AGENT_LOGIN_REFUSED: {
    kind: 'configuration',
    severity: 'high',
    message: 'The login that {agent} uses was refused: {said}.',
    advice:
      'Sign in again on each machine that runs work orders: `moose agents login {agent}`. To use a key instead, change the setting of logins.',
  },
  AGENT_MODEL_MISSING: {
    kind: 'configuration',
    message: '{title} needs a model, but was given {model}.',
    advice: 'Set a model for this agent, as `provider/model`.',
  },
  AGENT_MODEL_NOT_FOUND: {
    kind: 'configuration',
    message: 'The model that {title} was told to use is not available{status}: {said}.',
    advice: 'Check the name of the model and the base URL of its provider in the settings.',
  },
  AGENT_MODEL_UNFIT: {
    kind: 'configuration',
    message: 'The agent {agent} uses your login with {provider} and cannot call {model}.',
    advice:
      'Choose a model of {provider}, or no model to use the default of your subscription; or use a key instead of the login.',
  },
  AGENT_MODEL_UNFIT_WIRES: {
    kind: 'configuration',
    code: 'AGENT_MODEL_UNFIT',
    message: 'The agent {name} supports only {wires} and cannot call {model}.',
    advice: 'Choose a model of a provider with that protocol (--model), or another agent (--agent).',
  },
  AGENT_MODEL_STOPPED: {
    kind: 'configuration',
    message: '{title} asked for a model that is stopped: {said}.',
    advice: 'Check the price of the model, then `moose limits --thaw`; or choose another model (--model).',
  },
  AGENT_MODEL_UNPRICED: {
    kind: 'configuration',
    message: '{title} asked for a model that Moose has no price for: {said}.',
    advice: 'Choose a model with a price, or set its price in MOOSE_PRICES.',
  },
  AGENT_OUTPUT_LIMIT: {
    kind: 'permanent',
    message: 'An answer to {title} exceeded the output limit: {said}.',
    advice: 'Split the work order, or raise the output limit of one answer.',
  },
  AGENT_OUTPUT_UNREADABLE: {
    kind: 'transient',
    message: 'The output of the agent in {path} cannot be read.',
    advice: 'Check the cause: usually a missing permission or a failing disk.',
  },
  AGENT_PROGRAM_MISSING: {
    kind: 'configuration',
    failureClass: 'dependency_missing',
    message: '{path} does not show which Python runs Aider.',
    advice: '{advice}',
  },
  AGENT_ENTRIES_INVALID: {
    kind: 'configuration',
    message: 'The agents in {path} cannot be read: {because}.',
    advice: 'Correct the file; `docs/reference/agents.md` shows an entry.',
  },
  AGENT_PROGRAM_MISSING_AT_PLACE: {
    kind: 'configuration',
    code: 'AGENT_PROGRAM_MISSING',
    failureClass: 'dependency_missing',
    message: 'The program of {title} does not exist or cannot be executed.',
    advice: '{advice}',
  },
  AGENT_PROGRAM_MISSING_HERE: {
    kind: 'configuration',
    code: 'AGENT_PROGRAM_MISSING',
    failureClass: 'dependency_missing',
    message: 'The agent {name} is not installed here.',
    advice: '{advice}',
  },
  AGENT_PROPOSAL_MISSING: {
    kind: 'permanent',
    message: 'The built-in applier was started without a proposal.',
    advice: 'Have the Proposer write one first, or choose an agent that writes code itself.',
  },
  AGENT_PROVIDER_DOWN: {
    kind: 'transient',
    message: 'The provider gave {title} no usable answer{status}: {said}.',
    advice: "Check the provider's status page and the base URL; once it has recovered: `moose retry ID`.",
  },
  AGENT_QUOTA: {
    kind: 'external',
    severity: 'high',
    failureClass: 'budget_exceeded',
    message: 'The account that {title} uses for its model has no money or quota left{status}: {said}.',
    advice: 'Add credit or raise the limit with the provider, or choose a model from another provider.',
  },
  AGENT_RATE_LIMITED: {
    kind: 'transient',
    message: 'The provider is rate limiting calls from {title}{status}: {said}.',
    advice: 'Retry later (`moose retry ID`), and run fewer work orders at a time if this continues.',
  },
  AGENT_REFUSED: {
    kind: 'permanent',
    message: 'The model refused this work order: {said}.',
    advice: 'Rephrase the work order, or choose a model from another provider.',
  },
  AGENT_REPETITION: {
    kind: 'permanent',
    message: '{title} noticed that it was repeating the same step and stopped: {said}.',
    advice: 'Give it instructions with `moose retry ID --note "…"`, or choose another agent or model.',
  },
  AGENT_REPOSITORY_PLUGINS: {
    kind: 'configuration',
    message:
      'The repository contains an OpenCode plugin in {path}, which OpenCode would run regardless of its settings.',
    advice: 'Choose another agent for this project, or remove the plugin from it.',
  },
  AGENT_SILENT: {
    kind: 'transient',
    failureClass: 'timeout',
    message: '{sentence}',
    advice: 'See `moose logs ID` for the last thing that it did; `moose retry ID` starts it again.',
    reference: {
      message: 'The agent was stopped because it wrote nothing, or called no model, for too long.',
    },
  },
  AGENT_TIMED_OUT: {
    kind: 'transient',
    failureClass: 'timeout',
    message: '{sentence}',
    advice:
      'See `moose logs ID`; give it more time with `moose retry ID --time-limit 20m`, or split the work.',
    reference: { message: 'The agent was stopped because its time ran out.' },
  },
  AGENT_TURN_LIMIT: {
    kind: 'permanent',
    message: '{title} used up its turns before it finished: {said}.',
    advice: 'Split the work order: it is too large for the allowed turns.',
  },
  AGENT_UNSERVED: {
    kind: 'transient',
    message: "Moose's gateway temporarily refused calls from {title}{status}: {said}.",
    advice: 'Wait: work resumes automatically once the provider or the database is available again.',
  },
  AGENT_USAGE_LIMIT: {
    kind: 'external',
    message: 'The subscription that {title} uses has reached its usage limit: {said}.',
    advice:
      'Wait: work resumes by itself when the limit resets. To use a key instead, change the setting of logins.',
  },
  AGENT_WITHOUT_LOGIN: {
    kind: 'configuration',
    message: 'The agent {agent} cannot use a login of yours.',
    advice: 'Choose one of {able}.',
  },
  DISK_FULL: {
    kind: 'configuration',
    severity: 'high',
    message: 'The disk with the worktree is full, so the edits could not be written.',
    advice: 'Free space on the disk that holds the worktrees, then retry.',
  },
  LOGIN_NOT_MADE: {
    kind: 'permanent',
    message: 'The program of {agent} ended{withCode} and left no login.',
    advice:
      "Run `moose agents login {agent}` again at a terminal, and follow the program's instructions to the end.",
  },
  PATCH_PROPOSAL_UNREADABLE: {
    kind: 'permanent',
    message: 'The applier could not read its proposal: {said}',
    advice: 'Retry from the generating step; report it if it happens again.',
  },
  PATCH_REFUSED: {
    kind: 'permanent',
    message: 'The proposal cannot be applied, and nothing was changed: {refusals}.',
    advice: 'Let the Proposer fix the refused edits with the hints, or correct them by hand.',
  },
  PATCH_WORKTREE_MISSING: {
    kind: 'transient',
    message: 'The worktree for the edits does not exist.',
    advice: 'Retry: the worktree is recreated from git.',
  },
  PATCH_WORKTREE_MOVED: {
    kind: 'transient',
    message: 'Something else is writing to the worktree: {said}',
    advice: 'Stop whatever else runs there, then retry from a fresh worktree.',
  },
  PATCH_WRITE_FAILED: {
    kind: 'configuration',
    message: 'The edits could not be written: {said}',
    advice: 'Check the permissions and the file system of the worktree, then retry.',
  },
  AGENT_BYPASSED: {
    kind: 'permanent',
    failureClass: 'unknown',
    message: '{sentence}',
    advice: 'Retry it with another model or with instructions: `moose retry ID --note "…"`.',
    reference: {
      message: 'The agent claims success without a single metered model call: it bypassed the gateway.',
    },
  },
  AGENT_CHANGED_NOTHING: {
    kind: 'permanent',
    failureClass: 'unknown',
    message: '{sentence}',
    advice: 'Retry it with another model or with instructions: `moose retry ID --note "…"`.',
    reference: { message: 'The agent finished without an error and changed nothing.' },
  },
  AGENT_FAILED_APPLYING: {
    kind: 'permanent',
    code: 'AGENT_FAILED',
    failureClass: 'unknown',
    message: '{sentence}',
    advice: 'Retry it with another model or with instructions: `moose retry ID --note "…"`.',
  },
  // Edits that do not fit the files violate the contract of a proposal; the cause of other failures is unknown.
  AGENT_REFUSED_CHANGE: {
    kind: 'permanent',
    failureClass: 'contract_violation',
    message: '{sentence}',
    advice: 'Retry it with another model or with instructions: `moose retry ID --note "…"`.',
    reference: { message: 'The agent refused the change, with its reason.' },
  },
  AGENT_NO_RESULT: {
    kind: 'permanent',
    message: '{summary}',
    advice: "Read the end of the session's output; retry, or choose another agent if it happens again.",
    reference: { message: 'The agent ended without reporting a result.' },
  },
  AGENT_NO_RESULT_BUT_FILES: {
    kind: 'permanent',
    code: 'AGENT_NO_RESULT',
    message: '{sentence} It left changed files.',
    advice: 'Let Moose check the files that it left, with the option `take_left`; or retry it.',
  },
  AGENT_NO_RESULT_CUT_OFF: {
    kind: 'transient',
    code: 'AGENT_NO_RESULT',
    message: '{summary}',
    advice: "Read the end of the session's output; retry, or choose another agent if it happens again.",
  },
});
