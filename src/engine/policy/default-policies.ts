// THE table: what is done about a failure, by where it is met and what it is. `moose config policies` prints it.
import type { RecoveryPolicy } from './recovery-policy.ts';

const second = 1_000;
const any = { failureClass: '*', category: '*' } as const;
const passing = { failureClass: '*', category: 'transient' } as const;
const trackingRetriesMax = 1_000;
const seconds = (...given: number[]) => given.map((n) => n * second);
/** R-REC-1: base 100 ms, doubled, three attempts. */
const withinTheCall = [100, 200];

/** A lock that outlives this is held by a git that goes on, or cannot be taken away: no other attempt helps. */
const whileLocked: RecoveryPolicy[] = (['applying', 'verifying', 'tracking'] as const).map((component) => ({
  component,
  ...passing,
  code: 'GIT_LOCKED',
  act: 'retry',
  delaysMs: seconds(2, 5, 15, 30),
  because: 'the git that holds the lock may end',
}));

const models: RecoveryPolicy[] = [
  {
    component: 'model',
    failureClass: 'budget_exceeded',
    category: 'permanent',
    act: 'escalate',
    because: 'only a human raises a limit',
  },
  { component: 'model', ...any, act: 'fall_back', because: 'another model may do what this one did not' },
];

const early: RecoveryPolicy[] = [
  {
    component: 'routing',
    ...passing,
    act: 'retry',
    delaysMs: seconds(1, 2, 4),
    otherwise: 'compensate',
    because: 'routing is cheap',
  },
  { component: 'routing', ...any, act: 'compensate', because: 'nothing was made yet' },
  {
    component: 'generating',
    failureClass: '*',
    category: 'external',
    act: 'pause',
    delaysMs: seconds(10, 30, 60),
    because: "it is the provider's fault",
  },
  {
    component: 'generating',
    ...passing,
    code: 'MODEL_TIMEOUT',
    act: 'retry',
    delaysMs: seconds(10, 30, 60),
    otherwise: 'compensate',
    because: 'it may have asked for too much; model calls cost money: slowly',
  },
  {
    component: 'generating',
    ...passing,
    act: 'pause',
    delaysMs: seconds(10, 30, 60),
    because: "it is the provider's fault; model calls cost money: slowly",
  },
  { component: 'generating', ...any, act: 'compensate', because: 'no change was made of it' },
];

const agents: RecoveryPolicy[] = [
  {
    component: 'applying',
    ...any,
    code: 'CIRCUIT_OPEN',
    act: 'fall_back',
    otherwise: 'pause',
    because: 'the agent fails everywhere',
  },
  {
    component: 'applying',
    ...any,
    code: 'AGENT_CRASHED',
    act: 'retry',
    delaysMs: seconds(1),
    otherwise: 'fall_back',
    because: 'it may have been killed from outside',
  },
  {
    component: 'applying',
    ...any,
    code: 'AGENT_PROGRAM_MISSING',
    act: 'fall_back',
    because: 'another agent may be installed',
  },
  {
    component: 'applying',
    ...any,
    code: 'AGENT_REFUSED_CHANGE',
    act: 'refine',
    because: 'the proposal did not fit the files',
  },
  {
    component: 'applying',
    ...any,
    code: 'AGENT_CHANGED_NOTHING',
    act: 'refine',
    because: 'the proposal has to be another one',
  },
  {
    component: 'applying',
    ...any,
    code: 'AGENT_TIMED_OUT',
    act: 'escalate',
    because: 'more time is a decision about money',
  },
  {
    component: 'applying',
    ...passing,
    code: 'AGENT_RATE_LIMITED',
    act: 'pause',
    delaysMs: seconds(10, 30, 60),
    because: "it is the provider's fault",
  },
  {
    component: 'applying',
    ...passing,
    code: 'AGENT_UNSERVED',
    act: 'pause',
    delaysMs: seconds(10, 30, 60),
    because: 'a provider, or the ledger, is away',
  },
  {
    component: 'applying',
    ...passing,
    code: 'AGENT_PROVIDER_DOWN',
    act: 'pause',
    delaysMs: seconds(10, 30, 60),
    because: "it is the provider's fault",
  },
  {
    component: 'applying',
    failureClass: '*',
    category: 'external',
    act: 'pause',
    delaysMs: seconds(10, 30, 60),
    because: "it is the provider's fault",
  },
  {
    component: 'applying',
    ...passing,
    act: 'retry',
    delaysMs: seconds(1, 10),
    because: 'the machine may recover',
  },
];

const checks: RecoveryPolicy[] = [
  {
    component: 'verifying',
    ...passing,
    act: 'retry',
    delaysMs: seconds(1, 10),
    otherwise: 'refine',
    because: 'it was the machine or the network, not the change',
  },
  {
    component: 'verifying',
    ...any,
    code: 'CHECK_FAILED',
    act: 'refine',
    because: 'the change has to be another one',
  },
];

const late: RecoveryPolicy[] = [
  {
    component: 'creating_pr',
    ...passing,
    code: 'CIRCUIT_OPEN',
    act: 'pause',
    delaysMs: seconds(10, 30, 60),
    because: 'the forge is away',
  },
  {
    component: 'creating_pr',
    ...passing,
    act: 'retry',
    delaysMs: seconds(0.5, 1, 2, 4, 8),
    because: 'publishing is idempotent: eagerly',
  },
  {
    component: 'creating_pr',
    failureClass: '*',
    category: 'external',
    act: 'pause',
    delaysMs: seconds(10, 30, 60),
    because: 'the forge is away',
  },
  {
    component: 'tracking',
    ...passing,
    act: 'retry',
    delaysMs: Array.from({ length: trackingRetriesMax }, (_, n) => Math.min(2 ** n, 30) * second),
    because: 'the result waits until the database is back',
  },
];

const calls: RecoveryPolicy[] = [
  {
    component: 'forge',
    ...passing,
    act: 'retry',
    delaysMs: [...withinTheCall, 400],
    because: 'the forge does a thing once: eagerly',
  },
];

export const defaultRecoveryPolicies: readonly RecoveryPolicy[] = [
  ...models,
  ...whileLocked,
  {
    component: '*',
    failureClass: 'budget_exceeded',
    category: 'permanent',
    act: 'escalate',
    because: 'only a human raises a limit',
  },
  ...early,
  ...agents,
  ...checks,
  ...late,
  ...calls,
  { component: '*', ...any, act: 'escalate', because: 'a human decides' },
];
