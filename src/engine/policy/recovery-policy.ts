// Reads the recovery table from the top: the first matching row applies. Pure.
import type { FailureCategory, FailureClass, MooseError } from '../../domain/failure.ts';
import type { RunStep } from '../../domain/transitions.ts';

/** Where a failure occurs: a whole step of the pipeline, or a single call to something outside Moose. */
export type RecoveryComponent = RunStep | OutsideComponent;
export const outsideComponents = ['model', 'reviewer', 'forge'] as const;
export type OutsideComponent = (typeof outsideComponents)[number];

/**
 * retry: the same again, after a delay. refine: back to the Proposer with what failed. fall back: the next model or
 * agent. pause: wait until the responsible party works again; it costs the work order no attempt. compensate: undo
 * every effect, unless there is a change to keep, and ask. escalate: keep everything, and ask. degrade: continue
 * without it, and say so; only a reviewer can be left out. For a single call to something outside, every action except
 * a retry and a fallback leaves the failure to the step.
 */
export const recoveryActs = [
  'retry',
  'refine',
  'fall_back',
  'pause',
  'compensate',
  'escalate',
  'degrade',
] as const;
export type RecoveryAct = (typeof recoveryActs)[number];

/** What happens when a row's action is used up or impossible. */
export type LastAct = Exclude<RecoveryAct, 'retry'>;

export interface RecoveryPolicy {
  /** `*`: every component except the reviewer, which only its own rows name. */
  component: RecoveryComponent | '*';
  failureClass: FailureClass | '*';
  category: FailureCategory | '*';
  /** Restricts the row to one failure, or with a `*` at the end to all whose codes begin so. */
  code?: string;
  act: RecoveryAct;
  /** For a retry: the delay before each attempt, as many as there are retries. For a pause: the last delay is repeated. */
  delaysMs?: readonly number[];
  /**
   * What happens when the action is used up or impossible; if absent, a person is asked. A pause without it has no end; one
   * with it is used up after `settings.limits.return_ms`.
   */
  otherwise?: LastAct;
  because: string;
}

export type RecoveryDecision =
  | { act: 'retry'; delayMs: number; because: string }
  /** `isLimited`: what comes back is waited for only so long. */
  | { act: 'pause'; delayMs: number; isLimited: boolean; because: string }
  | { act: Exclude<RecoveryAct, 'retry' | 'pause'>; because: string };

export type Failure = Pick<MooseError, 'category' | 'code' | 'failureClass' | 'retryAfterMs'>;

export function policyFor(
  policies: readonly RecoveryPolicy[],
  component: RecoveryComponent,
  { category, code, failureClass }: Failure,
): RecoveryPolicy | undefined {
  return policies.find(
    (row) =>
      (row.component === component || (row.component === '*' && component !== 'reviewer')) &&
      (row.failureClass === '*' || row.failureClass === failureClass) &&
      (row.category === '*' || row.category === category) &&
      codeFits(row.code, code),
  );
}

/** `of`: of a row; undefined for every code. */
export function codeFits(of: string | undefined, code: string): boolean {
  return of === undefined || of === code || (of.endsWith('*') && code.startsWith(of.slice(0, -1)));
}

const any = { failureClass: '*', category: '*', because: 'no policy matches' } as const;
/** Only a review can be left out. */
const lastForReviews: RecoveryPolicy = { component: 'reviewer', ...any, act: 'degrade' };
const last: RecoveryPolicy = { component: '*', ...any, act: 'escalate' };

/** The row that decides about a failure: a row of the table, or one of the two that come after every table. */
export function decidingPolicy(
  policies: readonly RecoveryPolicy[],
  component: RecoveryComponent,
  failure: Failure,
): RecoveryPolicy {
  return policyFor([...policies, lastForReviews], component, failure) ?? last;
}

/** What was used up since the step or call began. */
export interface Used {
  retries: number;
  pauses: number;
  /** Whether pauses for what comes back have lasted as long as they may. */
  hasWaited?: boolean;
}

export function decideRecovery(
  policies: readonly RecoveryPolicy[],
  component: RecoveryComponent,
  failure: Failure,
  used: Used,
): RecoveryDecision {
  const policy = decidingPolicy(policies, component, failure);
  const { act, delaysMs = [], because, otherwise = 'escalate' } = policy;
  const isLimited = act === 'pause' && policy.otherwise !== undefined;
  const askedDelayMs = failure.retryAfterMs ?? 0;
  if (isLimited && used.hasWaited && otherwise !== 'pause')
    return { act: otherwise, because: 'it did not come back within the time that Moose waits for it' };
  if (act === 'pause') {
    const delayMs = delaysMs[Math.min(used.pauses, delaysMs.length - 1)] ?? 0;
    return { act, delayMs: Math.max(delayMs, askedDelayMs), isLimited, because };
  }
  if (act !== 'retry') return { act, because };
  const delayMs = delaysMs[used.retries];
  if (delayMs !== undefined) return { act, delayMs: Math.max(delayMs, askedDelayMs), because };
  const exhausted = `${used.retries} ${used.retries === 1 ? 'retry' : 'retries'} did not help`;
  return otherwise === 'pause'
    ? { act: otherwise, delayMs: askedDelayMs, isLimited: false, because: exhausted }
    : { act: otherwise, because: exhausted };
}
