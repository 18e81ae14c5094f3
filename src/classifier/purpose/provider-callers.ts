/**
 * The parts of Moose that call model providers or run agents, which call them. Elsewhere, a test or a log may only mention
 * their errors.
 */
export const providerCallers = [
  'router',
  'agent',
  'proposer',
  'forge',
  'session',
  'reviewer',
  'planner',
  'gateway',
  'writer',
] as const;
