// Decides about every failure, by the recovery table and by limits that it cannot override (R-REC-3, R-REC-5,
// R-REC-6).
import { isMooseError, type MooseError } from '../../domain/failure.ts';
import { withJitter } from '../../resilience/backoff.ts';
import { cancellation, pause } from '../../resilience/cut-off.ts';
import { admitRecovery, defaultRecoveryBreaker } from '../../resilience/recovery-breaker.ts';
import {
  defaultRetryBudget,
  fullBudget,
  type RetryBudgetState,
  spend,
} from '../../resilience/retry-budget.ts';
import type { Random } from '../../stdx/random.ts';
import type { ErrorContext, ErrorLog, RecordedError } from '../errors/error-log.ts';
import { toMooseError } from '../errors/to-moose-error.ts';
import { defaultSettings, type EngineSettings } from '../policy/engine-settings.ts';
import {
  decideRecovery,
  decidingPolicy,
  type LastAct,
  type OutsideComponent,
  type RecoveryAct,
  type RecoveryComponent,
  type RecoveryPolicy,
} from '../policy/recovery-policy.ts';
import type { CircuitKey } from './circuit.ts';
import type { Circuits } from './circuits.ts';

/** What is known about the work order, run and step in which a failure occurred. */
export interface RecoveryContext {
  component: RecoveryComponent;
  operation?: string;
  /** Numbers since the step or the call started. */
  retries: number;
  pauses: number;
  /** Whether this step has waited for what comes back for as long as it may (R-GO-9). */
  hasWaited?: boolean;
  /** Whether another model or agent is available. */
  hasFallback: boolean;
  /** When the work order was recovered in the last hour, in milliseconds since the epoch. */
  recoveries: readonly number[];
  retryBudget: RetryBudgetState | null;
  /** No retry starts after this time, in milliseconds since the epoch. */
  deadlineAt: number;
}

/** What to do and why, and what to remember about the work order. */
export type RecoveryResult = { error: MooseError; because: string } & (
  | { act: 'retry'; delayMs: number; recoveries: number[]; retryBudget: RetryBudgetState }
  /** `isLimited`: what comes back is waited for only so long. */
  | { act: 'pause'; delayMs: number; circuit: CircuitKey | null; isLimited: boolean }
  | { act: 'refine' }
  | { act: 'fall_back' }
  | { act: 'compensate' }
  | { act: 'escalate' }
);

/** One call of an operation. */
export interface Turn {
  /** Number of this call, from 1, whoever was called. */
  call: number;
  /** Number of this attempt, from 1; failures that are a third party's fault do not count. */
  attempt: number;
  /** The name of what is called, such as a model. */
  way: string;
}

export interface FailedTurn extends Turn {
  /** The way that is called next; null if the failure goes to the step. */
  next: string | null;
  because: string;
  /**
   * True if this failure goes to the step; false if the step gets the failure of another way that is worth
   * waiting for.
   */
  isThrown: boolean;
}

export interface RecoverableOperation<T> {
  component: OutsideComponent;
  operation: string;
  signal: AbortSignal;
  /** The alternatives ("ways") that can do the work, such as models, in the order in which they are tried. */
  ways: readonly [string, ...string[]];
  /** A limit on the attempts that applies whatever the table says. */
  attemptsMax?: number;
  /** The outermost circuit comes first. */
  circuits?: readonly CircuitKey[];
  context?: ErrorContext;
  /** Records a failed call, in place of the error log. */
  note?(failure: MooseError, turn: FailedTurn): Promise<void>;
  call(turn: Turn): Promise<T>;
}

export interface RecoveryDeps {
  policies: readonly RecoveryPolicy[];
  /** What people allow; if absent, the defaults. */
  limits?: Pick<EngineSettings, 'recoveriesPerHour' | 'retriesMax'>;
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

  /** The rows in the order in which they are checked. */
  get policies(): readonly RecoveryPolicy[] {
    // Read each time, because a person may have changed them.
    const { policies } = this.#deps;
    return this.#ownPolicies.length === 0 ? policies : [...this.#ownPolicies, ...policies];
  }

  /** Adds a row that applies in this process from now on; it is checked before every other row. */
  configureRecoveryPolicy(component: RecoveryComponent, policy: Omit<RecoveryPolicy, 'component'>): void {
    this.#ownPolicies = [{ ...policy, component }, ...this.#ownPolicies];
  }

  /** Accepts any thrown value. Writes nothing: the caller does, in the transaction of its decision. */
  handleError(thrown: unknown, context: RecoveryContext): RecoveryResult {
    const { component, operation = component, retries, pauses, hasWaited = false } = context;
    const error = toMooseError(thrown, component, operation);
    error.fallbackAvailable = context.hasFallback && this.#includes(component, error, 'fall_back');
    const decision = decideRecovery(this.policies, component, error, { retries, pauses, hasWaited });
    const { because } = decision;
    if (decision.act === 'retry') return this.#retry(error, context, decision);
    if (decision.act === 'pause') {
      const { act, delayMs, isLimited } = decision;
      return { error, because, act, delayMs, isLimited, circuit: circuitOf(error) };
    }
    if (decision.act === 'fall_back' && !context.hasFallback) return this.#withoutFallback(error, component);
    return endOf(decision.act, component, error, because);
  }

  /** Whether the table says to continue without what failed, now that its retries are used up. */
  canDoWithout(component: OutsideComponent, error: MooseError): boolean {
    return this.#includes(component, error, 'degrade');
  }

  #includes(component: RecoveryComponent, error: MooseError, wanted: LastAct): boolean {
    const { act, otherwise } = decidingPolicy(this.policies, component, error);
    return act === wanted || otherwise === wanted;
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
    // All retries of one failure count as one recovery: the breaker counts how often the work order needed another
    // recovery.
    const { recoveriesPerHour, retriesMax } = this.#deps.limits ?? defaultSettings;
    const breaker = { ...defaultRecoveryBreaker, recoveriesMax: recoveriesPerHour };
    const admission = admitRecovery(breaker, recoveries, now);
    const isAnew = retries === 0;
    if (isAnew && !admission.isAdmitted)
      return refuse(
        `it recovered ${recoveries.length} ${recoveries.length === 1 ? 'time' : 'times'} within an hour and failed again`,
      );
    const policy = { ...defaultRetryBudget, retriesMax };
    const budget = spend(policy, retryBudget ?? fullBudget(policy));
    if (!budget.isGranted) return refuse('the budget for its retries is used up');
    return {
      error,
      because,
      act: 'retry',
      delayMs,
      retryBudget: budget.state,
      recoveries: isAnew ? admission.recoveredAt : [...recoveries],
    };
  }

  #withoutFallback(error: MooseError, component: RecoveryComponent): RecoveryResult {
    const row = decidingPolicy(this.policies, component, error);
    const { otherwise = 'escalate', delaysMs: [delayMs = 0] = [] } = row;
    const because = 'there is nothing to fall back to';
    if (otherwise === 'fall_back') return { error, because, act: 'escalate' };
    if (otherwise !== 'pause') return endOf(otherwise, component, error, because);
    const askedDelayMs = error.retryAfterMs ?? 0;
    return {
      error,
      because,
      act: 'pause',
      delayMs: Math.max(delayMs, askedDelayMs),
      circuit: circuitOf(error),
      isLimited: false,
    };
  }

  /**
   * Runs one operation on something outside Moose, as the table's rows for its component say: `retry` tries the next
   * way in turn, `fall_back` tries the others without this one. Any other action, or one that is used up, leaves the
   * failure to the step, which uses its own row. Every failure is recorded once, even if a later call succeeded.
   */
  async executeWithRecovery<T>(operation: RecoverableOperation<T>): Promise<T> {
    const failures: RecordedError[] = [];
    try {
      const value = await this.#callInTurn(operation, failures);
      for (const failure of failures) failure.resolved(true, failures.length);
      return value;
    } catch (cause) {
      for (const failure of failures) failure.resolved(false, failures.length - 1);
      throw cause;
    }
  }

  async #callInTurn<T>(operation: RecoverableOperation<T>, failures: RecordedError[]): Promise<T> {
    const { signal, ways, circuits = [] } = operation;
    const away = new Map<string, MooseError>();
    let turn: Turn = { call: 1, attempt: 1, way: ways[0] };
    // Each round uses up a retry of the table, or excludes a way.
    for (;;) {
      try {
        return await this.#deps.circuits.through(circuits, signal, () => operation.call(turn));
      } catch (cause) {
        if (signal.aborted) throw cancellation(signal);
        // The step must handle a bug in Moose, or the loss of the run.
        if (!isMooseError(cause) || cause.code === 'FENCE_LOST') throw cause;
        const { next, delayMs, thrown, because } = this.#afterCall(operation, turn, cause, away);
        const isThrown = next === null && thrown === cause;
        cause.fallbackAvailable = next !== null || this.canDoWithout(operation.component, cause);
        await this.#note(operation, failures, cause, { ...turn, next: next?.way ?? null, because, isThrown });
        if (next === null) throw thrown;
        await pause(delayMs, signal);
        turn = next;
      }
    }
  }

  #afterCall(
    { component, ways, attemptsMax = Number.POSITIVE_INFINITY }: RecoverableOperation<unknown>,
    { call, attempt, way }: Turn,
    error: MooseError,
    away: Map<string, MooseError>,
  ): { next: Turn | null; delayMs: number; thrown: MooseError; because: string } {
    const row = decidingPolicy(this.policies, component, error);
    const used = { retries: attempt - 1, pauses: 0 };
    const decision = decideRecovery(this.policies, component, error, used);
    const { because } = decision;
    const end = { next: null, delayMs: 0, because };
    if (row.act !== 'retry' && row.act !== 'fall_back') return { ...end, thrown: error };
    if (row.act === 'fall_back') away.set(way, error);
    const isRetry = decision.act === 'retry';
    const name = nextWay(ways, call, away);
    const isUsedUp = row.act === 'retry' && (!isRetry || attempt >= attemptsMax);
    // A longer wait is left to the step, which holds no slot while it waits.
    const isTooLong = isRetry && (error.retryAfterMs ?? 0) > waitInCallMsMax;
    if (name === undefined || isUsedUp || isTooLong) return { ...end, thrown: firstBack(away) ?? error };
    const next = { call: call + 1, attempt: attempt + (isRetry ? 1 : 0), way: name };
    const delayMs = isRetry ? withJitter(decision.delayMs, this.#deps.random) : 0;
    return { next, delayMs, thrown: error, because };
  }

  async #note(
    { note, context = {} }: RecoverableOperation<unknown>,
    failures: RecordedError[],
    failure: MooseError,
    turn: FailedTurn,
  ): Promise<void> {
    if (note) return note(failure, turn);
    // A call that was not made is not a failure.
    if (failure.code === 'CIRCUIT_OPEN') return;
    const told = { attempt: turn.call, strategy: 'retry' as const, ...context };
    failures.push(this.#deps.errorLog.record(failure, told));
    failure.isRecorded = true;
  }
}

/** In routing there is nothing to refine yet, so a person is asked instead. */
function endOf(
  act: Exclude<RecoveryAct, 'retry' | 'pause'>,
  component: RecoveryComponent,
  error: MooseError,
  because: string,
): RecoveryResult {
  if (act === 'degrade')
    return { error, because: `${because}, but a step cannot be skipped`, act: 'escalate' };
  if (act !== 'refine' || component !== 'routing') return { error, because, act };
  return { error, because: `${because}, but there is nothing to refine yet`, act: 'escalate' };
}

/** The longest wait that a failure may ask for inside a call. */
const waitInCallMsMax = 2_000;

/** The next way, in their order, that is not excluded. */
function nextWay(
  ways: readonly string[],
  calls: number,
  away: ReadonlyMap<string, unknown>,
): string | undefined {
  const turned = ways.map((_, index) => ways[(calls + index) % ways.length]);
  return turned.find((name) => name !== undefined && !away.has(name));
}

/** The failure of the way (such as a model) that may be available again first. */
function firstBack(away: ReadonlyMap<string, MooseError>): MooseError | undefined {
  return [...away.values()]
    .filter(({ category }) => category === 'transient' || category === 'external')
    .sort((a, b) => (a.retryAfterMs ?? 0) - (b.retryAfterMs ?? 0))[0];
}

/** The circuit that a failure names, or its provider's circuit. */
function circuitOf({ metadata }: MooseError): CircuitKey | null {
  const { circuit, provider } = metadata;
  if (typeof circuit === 'string') return circuit as CircuitKey;
  return typeof provider === 'string' ? `provider:${provider}` : null;
}
