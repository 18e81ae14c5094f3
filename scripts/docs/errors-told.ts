/** What the sources put together at run time, said for the documents; each is asked for, or it is a failure of the check. */
export const told: Readonly<Record<string, { message?: string; advice?: string }>> = {
  AGENT_BYPASSED: {
    message: 'The agent claims success without one metered model call: it went past the gateway.',
    advice: 'Look for settings files in the repository that name another address for the agent.',
  },
  AGENT_CHANGED_NOTHING: {
    message: 'The agent finished without an error and changed nothing.',
    advice: 'Retry it with another model or with instructions: `moose retry ID --note "…"`.',
  },
  AGENT_CRASHED: {
    message: 'The agent ended and never said how its work came out, or claims success and was killed.',
  },
  AGENT_NO_RESULT: { message: 'The agent ended before it said how its work came out.' },
  AGENT_REFUSED_CHANGE: {
    message: 'The agent refused the change, with its reason.',
    advice: 'Retry it with another model or with instructions: `moose retry ID --note "…"`.',
  },
  AGENT_TIMED_OUT: {
    message: 'The agent was stopped because its time was up, or because it wrote nothing for too long.',
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
  CHECK_FAILED: {
    message: "One of the project's checks ended with an exit code other than 0, or took too long.",
  },
  CHECK_INTERRUPTED: {
    message:
      'What the machine or the network did failed a check, and not the change: it is run again as it is.',
  },
  CHECK_INVALID: { message: 'A check on the command line cannot be read.' },
  CHECK_PROGRAM_MISSING: { message: 'A check needs a program that is not there.' },
  COUNTER_WENT_BACK: {
    message: 'Something tried to lower a counter of a work order, and the database refused.',
    advice: 'This is a defect of Moose: report it with the output of `moose show`.',
  },
  DATABASE_REFUSED: {
    message: "PostgreSQL refused a statement; the message and `sqlstate` are PostgreSQL's own.",
    advice: 'Look its code up in the documentation of PostgreSQL; missing rights are the usual cause.',
  },
  DESTRUCTION_HALTED: {
    message: 'So many work orders were undone within a minute that Moose stops and asks whether it is meant.',
  },
  EMBEDDED_PORT_TAKEN: { advice: 'Start again: another free port is taken.' },
  FENCE_LOST: { advice: 'Nothing is to be done: the other process carries the run on.' },
  INVALID_STATE_TRANSITION: {
    advice: 'Look at the state with `moose show`; the table of legal changes is in ARCHITECTURE.md.',
  },
  JSON_INVALID: { message: 'The body of a request is not UTF-8, or not JSON.' },
  NOTICES_GIVEN_UP: {
    advice: 'Start a Moose that has the address of that channel, or ignore it where the channel is gone.',
  },
  NO_CHANGE_YET: { advice: 'The advice is the line of `moose explain`.' },
  PRICE_CHANGED: {
    message: 'Something tried to change or remove a price, and the database refused.',
    advice: 'Give the price anew in `MOOSE_PRICES`: it becomes another version, and the old one stays.',
  },
  RESERVATION_INVALID: {
    message: 'A reservation must be above 0 dollars.',
    advice: 'This is a defect of Moose: report it with the output of `moose show`.',
  },
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
