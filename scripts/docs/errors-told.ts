/** What the sources put together at run time, said for the documents; each is asked for, or it is a failure of the check. */
export const told: Readonly<Record<string, { message?: string; advice?: string }>> = {
  USAGE: {
    message: 'The command line is wrong; told with --json only, without it in the words of the command.',
  },
  AGENT_BYPASSED: {
    message: 'The agent claims success without a single metered model call: it bypassed the gateway.',
    advice: 'Look for settings files in the repository that name another address for the agent.',
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
  AGENT_TIMED_OUT: {
    message: 'The agent was stopped because its time ran out, or because it wrote nothing for too long.',
  },
  BUDGET_DIFFERS: {
    advice:
      '`moose budget --check` shows each; report it, with what happened before: nothing is frozen by it.',
  },
  BUDGET_EXCEEDED: {
    message:
      'The next step would go past a limit: the day, the month, the project, the work order, or its envelope.',
    advice:
      'Choose a cheaper model, split the work order, raise its `--limit` where that ran out, or wait for the next day or month.',
  },
  BUDGET_WARNING: {
    advice: '`moose budget` shows what is spent, and by whom; `moose limits` changes what may be.',
  },
  GIT_SETTINGS_CHANGED: {
    message: "While a session ran, git's own settings of its repository were changed: they are named.",
    advice:
      'Look at them before you run git there: it may start what they name. Then `moose alerts --resolve ID`.',
  },
  CHECK_FAILED: {
    message: "One of the project's checks ended with an exit code other than 0, or took too long.",
  },
  CHECK_INTERRUPTED: {
    message:
      'What the machine or the network did failed a check, and not the change: it is run again as it is.',
  },
  CHECK_INVALID: { message: 'A check on the command line cannot be read.' },
  CHECK_PROGRAM_MISSING: {
    message: 'A check needs a program that is not installed on this machine.',
    advice: 'Install it, or set it up in a check of its own; then `moose retry ID --from verifying`.',
  },
  CHECK_CERTIFICATE_UNTRUSTED: {
    message: 'A check does not trust a certificate, with the change and without it.',
    advice:
      "Start Moose with NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, REQUESTS_CA_BUNDLE or PIP_CERT set to your authority's certificate.",
  },
  CHECK_PACKAGE_MISSING: {
    message:
      'A check needs a package that is not installed on this machine, and that the change did not bring.',
    advice:
      'Install it, or install the project in a check of its own; then `moose retry ID --from verifying`.',
  },
  CHECK_REGISTRY_AWAY: {
    message: 'A check cannot reach the registry that packages come from.',
    advice:
      "Look at the network, the proxies and the registry's address; then `moose retry ID --from verifying`.",
  },
  CHECK_KILLED: {
    message: 'A check is killed from outside each time, with the change and without it.',
    advice:
      'Look for out-of-memory kills, and give this machine more memory; then `moose retry ID --from verifying`.',
  },
  CHECK_LIMIT_REACHED: {
    message:
      'A check reached a limit of this machine, on open or watched files, with the change and without it.',
    advice: 'Raise it where Moose runs, and restart Moose; then `moose retry ID --from verifying`.',
  },
  CHECK_PATH_READ_ONLY: {
    message: 'A check writes to a folder that it may not write to, with the change and without it.',
    advice:
      'Let it write below its worktree, or name the folder in MOOSE_SANDBOX_PATHS, and restart Moose; then `moose retry ID --from verifying`.',
  },
  CHECK_SERVICE_DOWN: {
    message: 'A check needs a service that does not answer, with the change and without it.',
    advice: 'Start it; then `moose retry ID --from verifying`.',
  },
  CHECK_VARIABLE_MISSING: {
    message: 'A check needs an environment variable that is not set, with the change and without it.',
    advice:
      'Set it where Moose runs and name it in MOOSE_CHECK_VARIABLES, or set it in a file that the project reads.',
  },
  COUNTER_WENT_BACK: {
    message: 'Something tried to lower a counter of a work order, and the database refused.',
    advice: 'This is a bug in Moose: report it with the output of `moose show`.',
  },
  DATABASE_REFUSED: {
    message: "PostgreSQL refused a statement; the message and `sqlstate` are PostgreSQL's own.",
    advice: 'Look its code up in the documentation of PostgreSQL; missing rights are the usual cause.',
  },
  DESTRUCTION_HALTED: {
    message: 'So many work orders were undone within a minute that Moose stops and asks whether it is meant.',
  },
  EMBEDDED_PORT_TAKEN: { advice: 'Start again: another free port will be chosen.' },
  FENCE_LOST: { advice: 'Nothing is to be done: the other process carries the run on.' },
  INVALID_STATE_TRANSITION: {
    advice: 'Look at the state with `moose show`; the table of legal changes is in ARCHITECTURE.md.',
  },
  JSON_INVALID: { message: 'The body of a request is not UTF-8, or not JSON.' },
  KEYS_UNREADABLE: {
    message:
      'The file of MOOSE_KEYS_FILE cannot be read, may be read by others, or sets what is no key; the message says which.',
    advice: 'Correct what the message names: it takes lines of `NAME=VALUE`, and `chmod 600`.',
  },
  NOTICES_GIVEN_UP: {
    advice: 'Start a Moose that has the address of that channel, or ignore it where the channel is gone.',
  },
  NO_CHANGE_YET: { advice: 'The advice is the line of `moose explain`.' },
  PRICE_CHANGED: {
    message: 'Something tried to change or remove a price, and the database refused.',
    advice: 'Give the price anew in `MOOSE_PRICES`: it becomes another version, and the old one stays.',
  },
  PROCESS_SILENT: {
    message:
      'A Moose process has not been heard of for a while: it stands still, or its machine or network is gone.',
    advice:
      'Others take over what it carried. Look at that machine; when the process is back it goes on as one of many.',
  },
  RESERVATION_INVALID: {
    message: 'A reservation must be above 0 dollars.',
    advice: 'This is a bug in Moose: report it with the output of `moose show`.',
  },
  SESSIONS_UNREACHABLE: { advice: 'Start Moose on that machine, or end the processes there by hand.' },
  LIMIT_NOT_RAISED: {
    message: 'The limit that was given is not above the one that holds, or is above what Moose allows.',
    advice: 'Give more than the message names, or leave it as it is.',
  },
  OUTAGE: {
    message: 'A provider, a model, a forge or an agent is away; the work orders that need it wait.',
    advice: 'Nothing has to be done: they go on by themselves. `moose escalations` shows what can be.',
  },
  REMOTE_REJECTED: {
    advice: 'Look at the branch on the remote, and at the words of its hook or rule in the evidence.',
  },
  SUBMISSION_INVALID: {
    message:
      'The title, the description, the limit or the time limit of a work order cannot be used; the message says which.',
    advice: 'Correct what the message names.',
  },
  WEBHOOK_UNPLACED: {
    advice:
      'Look at the delivery in the table `webhook_deliveries`; a branch of Moose without a pull request is the usual cause.',
  },
  WORK_ORDER_PARKED: {
    message: 'A parked work order is moved by a human alone.',
    advice: 'Look at why it was parked with `moose show`, then `moose retry` it.',
  },
};
