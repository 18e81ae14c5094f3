/**
 * Descriptions of messages that the sources build at run time, for the documents. The check fails for a description
 * that is not used.
 */
export const told: Readonly<Record<string, { message?: string; advice?: string }>> = {
  MODEL_ANSWER_DEARER: {
    advice:
      'Set `MOOSE_MODELS` to the model that you want to pay for. If the model that answers costs you less than its price in Moose, set its price in `MOOSE_PRICES`.',
  },
  USAGE: {
    message:
      'The command line is wrong. This is the answer with --json; otherwise the command itself says what is wrong.',
  },
  VALUE_UNREADABLE: {
    advice:
      'Write the value in the format of the setting: a number, a duration as in 90s, or JSON, for example in a @FILE.',
  },
  INVITE_OVER: {
    message:
      'The invite was already used, has expired, or was revoked, or its inviter is no longer an admin.',
  },
  PROJECT_SERVICES_INVALID: {
    message:
      'The services given for a project do not have the format of `services:` in .moose/config.yml; the message says where.',
  },
  QUESTIONS_ANSWERED_LATE: {
    message: 'The questions of the last day were answered later than the target, on average.',
  },
  QUESTIONS_DELIVERED_LATE: {
    message: 'The questions of the last day reached their channels later than the target, on average.',
  },
  BRANCH_PREFIX_TAKEN: { advice: 'Rename that branch, then submit again.' },
  LFS_UNREACHABLE: {
    message:
      'Large files of the change could not be uploaded, because the server of Git LFS could not be reached.',
  },
  LFS_UPLOAD_FAILED: {
    message:
      'Large files of the change could not be uploaded to the server of Git LFS; the message says why.',
  },
  CHECK_CONTAINERS_MISSING: {
    message: 'A check starts containers, and no container engine can be reached in its session.',
    advice:
      'Add what the tests need under `services` in .moose/config.yml, or give Moose checks without containers; then `moose retry ID --from verifying`.',
  },
  CI_FAILED: { message: 'CI is red: the failed checks, with the failed step where the forge reports it.' },
  CI_STAYS_RED: {
    message: 'CI is red after all refinement cycles.',
    advice:
      'Push a fix to its branch, merge or close the pull request on the forge, or retry with instructions: `moose retry ID --note "…"`.',
  },
  MERGE_OUT_OF_ORDER: {
    message: 'An earlier change of the same joint change is not merged; the message says which.',
  },
  PULL_REQUEST_STACKED: {
    message: 'The pull request is stacked on another one that is not merged yet, and is merged after it.',
  },
  DEPENDENCY_GONE: {
    message: 'What the work order depends on was closed, cancelled, or reverted.',
  },
  PULL_REQUEST_REVERTED: {
    message:
      'A merged pull request was reverted on its base branch; the outcome of its work order is corrected.',
    advice: 'Look at the revert on the forge, and submit a new work order if the change is still wanted.',
  },
  CI_GOES_NOWHERE: {
    advice:
      'Push a fix to its branch, merge or close the pull request on the forge, or retry with instructions: `moose retry ID --note "…"`.',
  },
  WORK_ORDER_PROJECT_GONE: {
    message: 'The project "…" was removed, so its work orders cannot start again.',
  },
  NO_CHECKS_REPORTED: {
    advice:
      'Push a fix to its branch, merge or close the pull request on the forge, or retry with instructions: `moose retry ID --note "…"`.',
  },
  CHECKS_PROVE_NOTHING: {
    advice:
      'Push a fix to its branch, merge or close the pull request on the forge, or retry with instructions: `moose retry ID --note "…"`.',
  },
  CI_BLOCKED: {
    advice:
      'Approve the waiting jobs, fix the billing of the account, or start a runner; Moose then continues automatically.',
  },
  PULL_REQUEST_CONFLICTS: {
    advice:
      'Push a fix to its branch, merge or close the pull request on the forge, or retry with instructions: `moose retry ID --note "…"`.',
  },
  PULL_REQUEST_STAYS_BEHIND: {
    advice:
      'Push a fix to its branch, merge or close the pull request on the forge, or retry with instructions: `moose retry ID --note "…"`.',
  },
  AGENT_BYPASSED: {
    message: 'The agent claims success without a single metered model call: it bypassed the gateway.',
    advice: 'Look for settings files in the repository that send the agent to another address.',
  },
  AGENT_CHANGED_NOTHING: {
    message: 'The agent finished without an error and changed nothing.',
    advice: 'Retry it with another model or with instructions: `moose retry ID --note "…"`.',
  },
  AGENT_CRASHED: {
    message: 'The agent ended and never reported a result, or claims success and was killed.',
  },
  AGENT_NO_RESULT: { message: 'The agent ended without reporting a result.' },
  AGENT_REFUSED_CHANGE: {
    message: 'The agent refused the change, with its reason.',
    advice: 'Retry it with another model or with instructions: `moose retry ID --note "…"`.',
  },
  FORBIDDEN_CHANGE: {
    advice:
      'Revert that change. If it is an intended change to CI or hooks, allow CI changes in the project; if it is a copy of a file that git ignores, remove its content from the change.',
  },
  MESSAGE_INVALID: {
    message: 'The message is empty or too long, or its file or line is invalid.',
    advice:
      'Say what should be different, in at most 10,000 characters. If you give a line, also give its file.',
  },
  AGENT_SILENT: {
    message: 'The agent was stopped because it wrote nothing, or called no model, for too long.',
  },
  AGENT_TIMED_OUT: {
    message: 'The agent was stopped because its time ran out.',
  },
  BUDGET_DIFFERS: {
    advice:
      '`moose budget --check` shows each difference; report it with what happened before. Nothing is frozen.',
  },
  BUDGET_EXCEEDED: {
    message:
      'The next step would exceed the limit of the day, the month, the project or the work order, or the money reserved for the run.',
    advice:
      'Choose a cheaper model, split the work order, raise its `--limit` if the limit of the work order is used up, or wait for the next day or month.',
  },
  PROJECT_CONFIG_INVALID: {
    message:
      'The file `.moose/config.yml` on the base branch cannot be used; the message gives the line and column.',
    advice: 'Fix it and commit it to the base branch. The keys are in `docs/reference/config.md`.',
  },
  WORKTREEINCLUDE_INVALID: {
    message:
      '`.worktreeinclude` on the base branch is a link or a folder, is too large, or is not UTF-8 text.',
  },
  PROJECT_CONFIG_NOT_A_FILE: {
    message:
      '`.moose/config.yml` in the checkout is a link, a folder or much too large; `moose init` does not touch it.',
  },
  SCHEDULE_PAUSED: {
    advice: '`moose schedule show NAME` says why; `moose schedule resume NAME` continues it.',
  },
  BUDGET_WARNING: {
    advice: '`moose budget` shows what is spent, and by whom; `moose limits` changes the limits.',
  },
  GIT_SETTINGS_CHANGED: {
    message: 'The git settings of a repository changed while a session ran in it; the message names them.',
    advice:
      'Check them before you run git there: git may start programs that they name. Then `moose alerts --resolve ID`.',
  },
  CONTRACT_BROKEN: {
    message:
      'The change breaks a contract that other work orders rely on, does not deliver it, or changes one that it only uses.',
  },
  CHECK_FAILED: {
    message: "One of the project's checks ended with an exit code other than 0, or took too long.",
  },
  CHECK_INTERRUPTED: {
    message:
      'A check failed because of the machine or the network, not because of the change, so it runs again on the same change.',
  },
  CHECK_INVALID: { message: 'A check on the command line cannot be read.' },
  CHECK_PROGRAM_MISSING: {
    message: 'A check needs a program that is not installed on this machine.',
    advice: 'Install it, or add a setup check that does; then `moose retry ID --from verifying`.',
  },
  CHECK_NEEDS_NAMESPACES: {
    message:
      'A check needs user namespaces, for example for the sandbox of a browser, and sessions of the project may not create them.',
    advice:
      'Start the browser with `--no-sandbox`, or allow them: `moose project set NAME --user-namespaces`; then `moose retry ID --from verifying`.',
  },
  CHECK_CERTIFICATE_UNTRUSTED: {
    message: 'A check does not trust a certificate. It also fails without the change.',
    advice:
      "Start Moose with NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, REQUESTS_CA_BUNDLE or PIP_CERT set to your authority's certificate; for Java, add it with `keytool -importcert -cacerts`.",
  },
  CHECK_PACKAGE_MISSING: {
    message:
      'A check needs a package that is not installed on this machine, and that the change does not install.',
    advice:
      'Install it, or add a setup check that installs the project; then `moose retry ID --from verifying`.',
  },
  CHECK_REGISTRY_AWAY: {
    message: 'A check cannot reach the package registry.',
    advice:
      "Check the network, the proxies and the registry's address; then `moose retry ID --from verifying`.",
  },
  CHECK_KILLED: {
    message: 'A check is killed each time, even without the change, most likely because memory is short.',
    advice:
      'Look for out-of-memory kills, and give this machine more memory; then `moose retry ID --from verifying`.',
  },
  CHECK_LIMIT_REACHED: {
    message:
      'A check reached the limit of this machine on open or watched files. It also fails without the change.',
    advice: 'Raise it where Moose runs, and restart Moose; then `moose retry ID --from verifying`.',
  },
  CHECK_PATH_READ_ONLY: {
    message: 'A check writes to a read-only folder. It also fails without the change.',
    advice:
      'Change the check to write inside its worktree, or add the folder to MOOSE_SANDBOX_PATHS and restart Moose; then `moose retry ID --from verifying`.',
  },
  CHECK_PORT_TAKEN: {
    message: 'A check listens on a port that another program uses. It also fails without the change.',
    advice:
      'Let the check listen on one of the 20 ports from `$MOOSE_PORT_BASE`, or end the other program; then `moose retry ID --from verifying`.',
  },
  CHECK_LOGIN_REFUSED: {
    message: 'A check needs a login that is missing or not accepted. It also fails without the change.',
    advice:
      '`moose project variable set PROJECT NAME` gives the login to setup and checks; then `moose retry ID --from verifying`.',
  },
  CHECK_SERVICE_DOWN: {
    message: 'A check needs a service that does not answer. It also fails without the change.',
    advice: 'Start it; then `moose retry ID --from verifying`.',
  },
  CHECK_VARIABLE_MISSING: {
    message: 'A check needs an environment variable that is not set. It also fails without the change.',
    advice:
      '`moose project variable set PROJECT NAME` sets it for setup and checks. Or set it where Moose runs and add its name to MOOSE_CHECK_VARIABLES, or set it in a file that the project reads.',
  },
  VARIABLE_NAME_REFUSED: {
    advice: 'Choose another name.',
  },
  VARIABLE_VALUE_INVALID: {
    message:
      'The value of a variable is empty, too large, not text, or a secret that is too short or too common to be hidden.',
    advice: 'Give another value, or set it with --plain if it is not a secret.',
  },
  SECRETS_KEY_INVALID: {
    advice: 'Check the permissions of the file (`chmod 600`), or restore it from a backup.',
  },
  COUNTER_WENT_BACK: {
    message: 'Something tried to lower a counter of a work order, and the database refused.',
    advice: 'This is a bug in Moose: report it with the output of `moose show`.',
  },
  DATABASE_REFUSED: {
    message: "PostgreSQL refused a statement; the message and `sqlstate` are PostgreSQL's own.",
    advice: 'Look up its code in the PostgreSQL documentation; the usual cause is a missing permission.',
  },
  DESTRUCTION_HALTED: {
    message:
      'Too many work orders were undone within a minute, so Moose stopped and asks whether this is intended.',
  },
  EMBEDDED_PORT_TAKEN: { advice: 'Start again: another free port will be chosen.' },
  FENCE_LOST: { advice: 'No action is needed: the other process continues the run.' },
  INVALID_STATE_TRANSITION: {
    advice: 'See the current state with `moose show`; docs/reference/states.md lists the legal changes.',
  },
  JSON_INVALID: { message: 'The body of a request is not UTF-8, or not JSON.' },
  KEYS_UNREADABLE: {
    message:
      'The file in MOOSE_KEYS_FILE cannot be read, is readable by other users, or sets something that is not a key; the message says which.',
    advice: 'Fix what the message names: the file needs lines of `NAME=VALUE`, and `chmod 600`.',
  },
  NOTICES_GIVEN_UP: {
    advice:
      'Start a Moose that has the address of that channel, or ignore this if the channel no longer exists.',
  },
  NO_CHANGE_YET: { advice: 'The advice is the same as the output of `moose explain`.' },
  PRICE_CHANGED: {
    message: 'Something tried to change or remove a price, and the database refused.',
    advice: 'Set the price again in `MOOSE_PRICES`: it becomes another version, and the old one stays.',
  },
  PROCESS_SILENT: {
    advice: 'Check that machine. When the process responds again, it continues to take work.',
  },
  RESERVATION_INVALID: {
    message: 'A reservation must be above 0 dollars.',
    advice: 'This is a bug in Moose: report it with the output of `moose show`.',
  },
  STATE_INCONSISTENT: {
    message:
      'The database differs from the processes, files or forges that it describes, and a person must decide about the repair.',
    advice:
      'Run `moose reconcile --plan` to see the difference, then repair it with `--repair` or keep it with `--leave`.',
  },
  SESSIONS_UNREACHABLE: { advice: 'Start Moose on that machine, or end the processes there by hand.' },
  LIMIT_NOT_RAISED: {
    message: 'The new limit is not above the current one, or is above what Moose allows.',
    advice: 'Choose a limit above the one in the message, or keep the current one.',
  },
  OUTAGE: {
    message: 'A provider, a model, a forge or an agent is unavailable; the work orders that need it wait.',
    advice:
      'No action is needed: the work orders continue automatically. `moose escalations` shows the options.',
  },
  REMOTE_REJECTED: {
    advice: 'Check the branch on the remote, and the message of its hook or rule in the evidence.',
  },
  LABEL_INVALID: {
    message: 'A label of a work order or a project is invalid; the message says which.',
  },
  CANDIDATES_INVALID: {
    message: 'The number of candidates, or of their models or agents, cannot be used; the message says why.',
  },
  JOINT_CHANGE_INVALID: {
    message: 'The repositories of a joint change cannot be used together; the message says why.',
  },
  UPKEEP_FAILS: {
    advice: 'Remove the cause that the message names. The alert ends when the job succeeds.',
  },
  SUBMISSION_INVALID: {
    message:
      'The title, the description, the limit or the time limit of a work order cannot be used; the message says which.',
    advice: 'Fix what the message names.',
  },
  WEBHOOK_UNPLACED: {
    advice:
      'Look at the delivery in the table `webhook_deliveries`; the usual cause is a branch of Moose without a pull request.',
  },
  WORK_ORDER_PARKED: {
    message: 'Only a person can continue a parked work order.',
    advice: 'See with `moose show` why it was parked, then `moose retry` it.',
  },
};
