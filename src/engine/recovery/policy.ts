// One table decides what is done about a failure; it is read from the top, and the first row that fits holds.
import type { FailureCategory, FailureClass, MooseError } from '../../domain/failure.ts';
import type { Step } from '../../domain/transitions.ts';

export interface RecoveryPolicy {
  step: Step | '*';
  /** A code, a class, a category, or anything. */
  failure: FailureCategory | `code:${string}` | `class:${FailureClass}` | '*';
  act: 'retry' | 'refine' | 'escalate';
  /** The delays before each retry; as many retries as there are delays. */
  delaysMs?: readonly number[];
  because: string;
}

const second = 1_000;
const trackingRetriesMax = 1_000;

export const defaultRecoveryPolicies: readonly RecoveryPolicy[] = [
  { step: '*', failure: 'class:budget_exceeded', act: 'escalate', because: 'only a human raises a limit' },
  {
    step: 'routing',
    failure: 'transient',
    act: 'retry',
    delaysMs: [1, 2, 4].map((n) => n * second),
    because: 'routing is cheap',
  },
  {
    step: 'generating',
    failure: 'transient',
    act: 'retry',
    delaysMs: [10, 30, 60].map((n) => n * second),
    because: 'model calls cost money: slowly',
  },
  {
    step: 'applying',
    failure: 'code:AGENT_CRASHED',
    act: 'retry',
    delaysMs: [second],
    because: 'it may have been killed from outside',
  },
  {
    step: 'applying',
    failure: 'code:AGENT_REFUSED_CHANGE',
    act: 'refine',
    because: 'the proposal did not fit the files',
  },
  {
    step: 'applying',
    failure: 'code:AGENT_CHANGED_NOTHING',
    act: 'refine',
    because: 'the proposal has to be another one',
  },
  {
    step: 'applying',
    failure: 'code:AGENT_TIMED_OUT',
    act: 'escalate',
    because: 'more time is a decision about money',
  },
  {
    step: 'applying',
    failure: 'transient',
    act: 'retry',
    delaysMs: [second, 10 * second],
    because: 'the machine may recover',
  },
  {
    step: 'verifying',
    failure: 'code:CHECK_FAILED',
    act: 'refine',
    because: 'the change has to be another one',
  },
  {
    step: 'verifying',
    failure: 'transient',
    act: 'retry',
    delaysMs: [second, 10 * second],
    because: 'the machine may recover',
  },
  {
    step: 'creating_pr',
    failure: 'transient',
    act: 'retry',
    delaysMs: [0.5, 1, 2, 4, 8].map((n) => n * second),
    because: 'publishing is idempotent: eagerly',
  },
  {
    step: 'tracking',
    failure: 'transient',
    act: 'retry',
    delaysMs: Array.from({ length: trackingRetriesMax }, (_, n) => Math.min(2 ** n, 30) * second),
    because: 'the result waits until the database is back',
  },
  { step: '*', failure: '*', act: 'escalate', because: 'a human decides' },
];

export type RecoveryDecision =
  | { act: 'retry'; delayMs: number; because: string }
  | { act: 'refine' | 'escalate'; because: string };

/** Pure: `retriesSoFar` is how often this step of this run has been retried since it last finished. */
export function decideRecovery(
  policies: readonly RecoveryPolicy[],
  step: Step,
  failure: Pick<MooseError, 'category' | 'code' | 'failureClass' | 'retryAfterMs'>,
  retriesSoFar: number,
): RecoveryDecision {
  const names = new Set<RecoveryPolicy['failure']>([
    '*',
    failure.category,
    `code:${failure.code}`,
    `class:${failure.failureClass}`,
  ]);
  const policy = policies.find((row) => (row.step === '*' || row.step === step) && names.has(row.failure));
  if (!policy) return { act: 'escalate', because: 'no policy fits' };
  if (policy.act !== 'retry') return { act: policy.act, because: policy.because };
  const delayMs = policy.delaysMs?.[retriesSoFar];
  if (delayMs === undefined) return { act: 'escalate', because: `${retriesSoFar} retries did not help` };
  return { act: 'retry', delayMs: Math.max(delayMs, failure.retryAfterMs ?? 0), because: policy.because };
}
