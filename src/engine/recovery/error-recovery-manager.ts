// Decides about every failure, by the recovery table and by limits that it cannot override (R-REC-3, R-REC-5, R-REC-6).
import { isMooseError, type MooseError } from '../../domain/failure.ts';
import { admitRecovery, defaultRecoveryBreaker } from '../../resilience/recovery-breaker.ts';
import { retry } from '../../resilience/retry.ts';
import {
  defaultRetryBudget,
  fullBudget,
  type RetryBudget,
  type RetryBudgetState,
  spend,
} from '../../resilience/retry-budget.ts';
import { type Classify, verdictOf } from '../../resilience/verdict.ts';
import type { Random } from '../../stdx/random.ts';
import type { ErrorContext, ErrorLog, RecordedError } from '../errors/error-log.ts';
import { recordedFailures } from '../errors/recorded-failures.ts';
import { toMooseError } from '../errors/to-moose-error.ts';
import {
  decideRecovery,
  type OutsideComponent,
  policyFor,
  type RecoveryComponent,
  type RecoveryPolicy,
} from '../policy/recovery-policy.ts';
import type { CircuitKey, Circuits } from './circuits.ts';

/** What is known about the work order, run and step of a failure. */
export interface RecoveryContext {
  component: RecoveryComponent;
  operation?: string;
  /** Since the step or the call started. */
  retries: number;
  pauses: number;
  /** Whether another model or agent is available. */
  hasFallback: boolean;
  /** When the work order was recovered within the last hour, in milliseconds since the epoch. */
  recoveries: readonly number[];
  retryBudget: RetryBudgetState | null;
  /** In milliseconds since the epoch: no retry starts after it. */
  deadlineAt: number;
}

/** What to do, and why; and what to remember about the work order. */
export type RecoveryResult = { error: MooseError; because: string } & (
  | { act: 'retry'; delayMs: number; recoveries: number[]; retryBudget: RetryBudgetState }
  | { act: 'pause'; delayMs: number; circuit: CircuitKey | null }
  | { act: 'refine' | 'fall_back' | 'compensate' | 'escalate' }
);

export interface RecoverableOperation<T> {
  component: OutsideComponent;
  operation: string;
  signal: AbortSignal;
  /** Outermost first. */
  circuits?: readonly CircuitKey[];
  context?: ErrorContext;
  deadlineAt?: number;
  budget?: RetryBudget;
  classify?: Classify;
  call(signal: AbortSignal, attempt: number): Promise<T>;
}

export interface RecoveryDeps {
  policies: readonly RecoveryPolicy[];
  circuits: Pick<Circuits, 'through'>;
  errorLog: Pick<ErrorLog, 'record'>;
  now(): number;
  random: Random;
}

export class ErrorRecoveryManager {
  readonly #deps: RecoveryDeps;
  #ownPolicies: readonly RecoveryPolicy[] = [];

  constructor(deps: RecoveryDeps) {
    this.#deps = deps;
  }

  /** In the order in which they are checked. */
  get policies(): readonly RecoveryPolicy[] {
    // Read each time: a person may have changed them.
    const { policies } = this.#deps;
    return this.#ownPolicies.length === 0 ? policies : [...this.#ownPolicies, ...policies];
  }

  /** In effect in this process from now on; checked before every other row. */
  configureRecoveryPolicy(component: RecoveryComponent, policy: Omit<RecoveryPolicy, 'component'>): void {
    this.#ownPolicies = [{ ...policy, component }, ...this.#ownPolicies];
  }

  /** Accepts whatever was thrown. Writes nothing: the caller does, in the transaction of its decision. */
  handleError(thrown: unknown, context: RecoveryContext): RecoveryResult {
    const { component, operation = component, retries, pauses } = context;
    const error = toMooseError(thrown, component, operation);
    const decision = decideRecovery(this.policies, component, error, { retries, pauses });
    const { because } = decision;
    if (decision.act === 'retry') return this.#retry(error, context, decision);
    if (decision.act === 'pause')
      return { error, because, act: 'pause', delayMs: decision.delayMs, circuit: circuitOf(error) };
    if (decision.act !== 'fall_back' || context.hasFallback) return { error, because, act: decision.act };
    return this.#withoutFallback(error, component);
  }

  /** Limits that apply whatever the table says. */
  #retry(
    error: MooseError,
    { retries, recoveries, retryBudget, deadlineAt }: RecoveryContext,
    { delayMs, because }: { delayMs: number; because: string },
  ): RecoveryResult {
    const now = this.#deps.now();
    const refuse = (why: string) => ({ error, act: 'escalate', because: why }) as const;
    if (now + delayMs >= deadlineAt) return refuse('the total time for its retries is used up');
    // The retries of one failure are one recovery: the breaker counts how often it had to be recovered again.
    const admission = admitRecovery(defaultRecoveryBreaker, recoveries, now);
    const isAnew = retries === 0;
    if (isAnew && !admission.isAdmitted)
      return refuse(`it recovered ${recoveries.length} times within an hour and failed again`);
    const budget = spend(defaultRetryBudget, retryBudget ?? fullBudget(defaultRetryBudget));
    if (!budget.isGranted) return refuse('the budget for its retries is used up');
    return {
      ...{ error, because, act: 'retry', delayMs, retryBudget: budget.state },
      recoveries: isAnew ? admission.recoveredAt : [...recoveries],
    };
  }

  #withoutFallback(error: MooseError, component: RecoveryComponent): RecoveryResult {
    const { otherwise = 'escalate', delaysMs: [delayMs = 0] = [] } =
      policyFor(this.policies, component, error) ?? {};
    const because = 'there is nothing to fall back to';
    if (otherwise === 'fall_back') return { error, because, act: 'escalate' };
    if (otherwise !== 'pause') return { error, because, act: otherwise };
    const wishMs = error.retryAfterMs ?? 0;
    return { error, because, act: 'pause', delayMs: Math.max(delayMs, wishMs), circuit: circuitOf(error) };
  }

  /**
   * One call to something outside Moose: through its circuits, retried according to the table's row for its component.
   * Every failure is reported to the error log once, including those that a retry fixed.
   */
  async executeWithRecovery<T>(operation: RecoverableOperation<T>): Promise<T> {
    const { component, signal, circuits = [], context = {}, deadlineAt, budget } = operation;
    const { now, random, errorLog } = this.#deps;
    const classify = operation.classify ?? verdictOf;
    const failures: RecordedError[] = [];
    const row = policyFor(this.policies, component, { ...transient, retryAfterMs: undefined });
    const delaysMs = row?.act === 'retry' ? (row.delaysMs ?? []) : [];
    const [first = 0, ...others] = delaysMs;
    const policy = {
      attemptsMax: delaysMs.length + 1,
      waitsMax: delaysMs.length,
      backoff: { delaysMs: [first, ...others] },
    } as const;
    const once = async (attempt: number): Promise<T> => {
      try {
        return await this.#deps.circuits.through(
          circuits,
          signal,
          () => operation.call(signal, attempt),
          classify,
        );
      } catch (cause) {
        if (signal.aborted) throw cause;
        const error = toMooseError(cause, component, operation.operation);
        // A call that was not made is no failure.
        if (error.code !== 'CIRCUIT_OPEN') {
          failures.push(errorLog.record(error, { attempt, strategy: 'retry', ...context }));
          recordedFailures.add(error);
        }
        throw error;
      }
    };
    const limits = { ...(deadlineAt === undefined ? {} : { deadlineAt }), ...(budget ? { budget } : {}) };
    try {
      const options = { classify: impatient(classify), signal, now, random, ...limits };
      const value = await retry(policy, options, once);
      for (const failure of failures) failure.resolved(true, failures.length);
      return value;
    } catch (cause) {
      for (const failure of failures) failure.resolved(false, failures.length - 1);
      throw cause;
    }
  }
}

/** A call never waits for a circuit to close: the step pauses, and holds nothing meanwhile. */
function impatient(classify: Classify): Classify {
  return (failure) => {
    const verdict = classify(failure);
    return isMooseError(failure) && failure.code === 'CIRCUIT_OPEN' ? { ...verdict, retry: false } : verdict;
  };
}

const transient = { category: 'transient', code: '', failureClass: 'orchestration_error' } as const;

/** The circuit that a failure names, or that of its provider. */
function circuitOf({ metadata }: MooseError): CircuitKey | null {
  const { circuit, provider } = metadata;
  if (typeof circuit === 'string') return circuit as CircuitKey;
  return typeof provider === 'string' ? `provider:${provider}` : null;
}
