// The recovery table: what Moose does about a failure, by component and kind. `moose config policies` prints it.
import type { RecoveryPolicy } from './recovery-policy.ts';

const second = 1_000;
const any = { failureClass: '*', category: '*' } as const;
const passing = { failureClass: '*', category: 'transient' } as const;
const trackingRetriesMax = 1_000;
const seconds = (...given: number[]) => given.map((n) => n * second);
/** R-REC-1: three attempts, with a base delay of 100 ms that doubles. */
const withinTheCall = [100, 200];

/** The maximum that `settings.limits.model_attempts` can allow. */
const atOnce = Array.from({ length: 9 }, () => 0);

/** Looks that are frequent enough to go on within seconds of the return. */
const oftenAtFirst = seconds(2, 5, 10, 15);

/** What is away now and comes back by itself (R-GO-9); a person is asked only after a long wait. */
const returning: RecoveryPolicy[] = [
  ['REMOTE_UNREACHABLE', 'the remote or the network may come back'],
  ['REMOTE_HOST_UNKNOWN', 'the network or its name server may come back'],
  ['REMOTE_MISSING', 'the remote may be moved, or its disk unmounted, for a while'],
  ['REPOSITORY_NOT_FOUND', 'the disk of the repository may be unmounted for a while'],
  ['DISK_*', 'other work and people free disk space, or a person repairs the disk'],
  ['OUT_OF_*', 'other work on the machine ends'],
  ['TOO_MANY_FILES', 'other work on the machine closes its files'],
].map(([code = '', because = '']) => ({
  component: '*',
  ...any,
  code,
  act: 'pause',
  delaysMs: oftenAtFirst,
  otherwise: 'escalate',
  because,
}));

/** A lock that outlives these retries belongs to a running git or cannot be removed, so more retries do not help. */
const whileLocked: RecoveryPolicy = {
  component: '*',
  ...passing,
  code: 'GIT_LOCKED',
  act: 'retry',
  delaysMs: seconds(2, 5, 15, 30),
  because: 'the git process that holds the lock may end',
};

/** Enough for a machine that stops every few seconds, and an end for work that stops its machine each time. */
const againAtOnce = [0, ...Array.from({ length: 19 }, () => second)];

/** What was under way when Moose, its machine or its container stopped (R-GO-1, R-GO-7). */
const leftBehind: RecoveryPolicy = {
  component: '*',
  ...passing,
  code: 'SESSION_LEFT_BEHIND',
  act: 'retry',
  delaysMs: againAtOnce,
  because: 'the machine stopped, which says nothing about the work',
};

const models: RecoveryPolicy[] = [
  {
    component: 'model',
    ...passing,
    code: 'MODEL_TIMEOUT',
    act: 'retry',
    delaysMs: atOnce,
    because: 'the request may be too large, or the next model faster',
  },
  {
    component: 'model',
    failureClass: '*',
    category: 'permanent',
    act: 'retry',
    delaysMs: atOnce,
    because: 'the next answer, or the next model, may succeed',
  },
  { component: 'model', ...any, act: 'fall_back', because: 'another model may be available' },
];

const reviewers: RecoveryPolicy[] = [
  { component: 'reviewer', ...any, act: 'degrade', because: 'the checks and a person judge the change too' },
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
  { component: 'routing', ...any, act: 'compensate', because: 'nothing has been created yet' },
  {
    component: 'preparing',
    ...passing,
    act: 'retry',
    delaysMs: seconds(1, 10),
    otherwise: 'compensate',
    because: 'the machine or the network may recover',
  },
  { component: 'preparing', ...any, act: 'compensate', because: 'no change was made yet' },
  {
    component: 'generating',
    failureClass: '*',
    category: 'external',
    act: 'pause',
    delaysMs: seconds(10, 30, 60),
    because: 'the provider is at fault',
  },
  {
    component: 'generating',
    ...passing,
    code: 'MODEL_TIMEOUT',
    act: 'retry',
    delaysMs: seconds(10, 30, 60),
    otherwise: 'compensate',
    because: 'the request may be too large; model calls cost money, so retry slowly',
  },
  {
    component: 'generating',
    ...passing,
    act: 'pause',
    delaysMs: seconds(10, 30, 60),
    because: 'the provider is at fault; model calls cost money, so retry slowly',
  },
  { component: 'generating', ...any, act: 'compensate', because: 'no change was made yet' },
];

const agents: RecoveryPolicy[] = [
  {
    component: 'applying',
    ...any,
    code: 'CIRCUIT_OPEN',
    act: 'fall_back',
    otherwise: 'pause',
    because: 'the agent fails for all work orders',
  },
  {
    component: 'applying',
    ...any,
    code: 'AGENT_CRASHED*',
    act: 'retry',
    delaysMs: seconds(1),
    otherwise: 'fall_back',
    because: 'something outside may have killed it',
  },
  {
    component: 'applying',
    ...any,
    code: 'AGENT_FAILED',
    act: 'retry',
    delaysMs: seconds(1),
    otherwise: 'fall_back',
    because: 'a fresh attempt that knows what failed may succeed',
  },
  {
    component: 'applying',
    ...any,
    code: 'AGENT_SILENT',
    act: 'retry',
    delaysMs: seconds(1),
    otherwise: 'fall_back',
    because: 'the agent or its connection may have hung',
  },
  {
    component: 'applying',
    ...any,
    code: 'COMMAND_FAILED',
    act: 'retry',
    delaysMs: seconds(1),
    because: 'the network or the machine may have failed, and not the command',
  },
  {
    component: 'applying',
    ...any,
    code: 'AGENT_CANNOT_RUN',
    act: 'fall_back',
    because: 'the machine lacks something for this agent, and another may not need it',
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
    because: 'a different proposal is needed',
  },
  {
    component: 'applying',
    ...any,
    code: 'AGENT_CUT_OFF',
    act: 'refine',
    because: 'the agent goes on where it was cut off',
  },
  {
    component: 'applying',
    ...any,
    code: 'AGENT_TIMED_OUT',
    act: 'escalate',
    because: 'more time costs more money',
  },
  {
    component: 'applying',
    ...passing,
    code: 'AGENT_RATE_LIMITED',
    act: 'pause',
    delaysMs: seconds(10, 30, 60),
    because: 'the provider is at fault',
  },
  {
    component: 'applying',
    ...passing,
    code: 'AGENT_UNSERVED',
    act: 'pause',
    delaysMs: seconds(10, 30, 60),
    because: 'a provider or the ledger is unavailable',
  },
  {
    component: 'applying',
    ...passing,
    code: 'AGENT_PROVIDER_DOWN',
    act: 'pause',
    delaysMs: seconds(10, 30, 60),
    because: 'the provider is at fault',
  },
  {
    component: 'applying',
    failureClass: '*',
    category: 'external',
    act: 'pause',
    delaysMs: seconds(10, 30, 60),
    because: 'the provider is at fault',
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
    code: 'CHECK_INTERRUPTED',
    act: 'retry',
    delaysMs: seconds(1, 10),
    otherwise: 'refine',
    because: 'the machine or the network failed, not the change',
  },
  {
    component: 'verifying',
    ...passing,
    act: 'retry',
    delaysMs: seconds(1, 10),
    because: 'the machine may recover',
  },
  {
    component: 'verifying',
    ...any,
    code: 'CHECK_FAILED',
    act: 'refine',
    because: 'a different change is needed',
  },
  {
    component: 'verifying',
    ...any,
    code: 'REVIEW_REQUESTS_CHANGES',
    act: 'refine',
    because: 'the reviewer found something to change',
  },
  {
    component: 'verifying',
    ...any,
    code: 'CONTRACT_BROKEN',
    act: 'refine',
    because: 'other work orders rely on the contract',
  },
];

const late: RecoveryPolicy[] = [
  {
    component: 'creating_pr',
    ...passing,
    code: 'CIRCUIT_OPEN',
    act: 'pause',
    delaysMs: seconds(10, 30, 60),
    because: 'the forge is unavailable',
  },
  {
    component: 'creating_pr',
    ...passing,
    act: 'retry',
    delaysMs: seconds(0.5, 1, 2, 4, 8),
    because: 'publishing is idempotent, so retry quickly',
  },
  {
    component: 'creating_pr',
    failureClass: '*',
    category: 'external',
    act: 'pause',
    delaysMs: seconds(10, 30, 60),
    because: 'the forge is unavailable',
  },
  {
    component: 'tracking',
    ...passing,
    act: 'retry',
    delaysMs: Array.from({ length: trackingRetriesMax }, (_, n) => Math.min(2 ** n, 30) * second),
    because: 'the result waits until the database is available again',
  },
];

const calls: RecoveryPolicy[] = [
  {
    component: 'forge',
    ...passing,
    act: 'retry',
    delaysMs: [...withinTheCall, 400],
    because: 'forge calls are idempotent, so retry quickly',
  },
];

export const defaultRecoveryPolicies: readonly RecoveryPolicy[] = [
  {
    component: '*',
    failureClass: 'budget_exceeded',
    category: 'permanent',
    act: 'escalate',
    because: 'only a person can raise a limit',
  },
  {
    component: '*',
    ...any,
    code: 'MONEY_AWAITED',
    act: 'pause',
    delaysMs: seconds(10, 30, 60),
    because: 'reserved money is released, the day turns, or a person allows a stopped model again',
  },
  ...returning,
  ...models,
  ...reviewers,
  whileLocked,
  leftBehind,
  ...early,
  ...agents,
  ...checks,
  ...late,
  ...calls,
  { component: '*', ...any, act: 'escalate', because: 'a person decides' },
];
