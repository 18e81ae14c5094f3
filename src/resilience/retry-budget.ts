// Limits all retries of one work order together: a retry costs more than a success pays back, and the number of retries
// only grows.

export interface RetryBudgetPolicy {
  tokensMax: number;
  /** What a retry costs if its verdict has no price. */
  retryCost: number;
  /** No verdict makes a retry cheaper, so that successes cannot pay for as many retries. */
  retryCostMin: number;
  /** What a success pays back, up to `tokensMax`. */
  successPaysBack: number;
  /** The maximum, however many successes there are. */
  retriesMax: number;
}

/** Ten retries in a row; then one for every ten successes; never more than a hundred. */
export const defaultRetryBudget: RetryBudgetPolicy = {
  tokensMax: 100,
  retryCost: 10,
  retryCostMin: 2,
  successPaysBack: 1,
  retriesMax: 100,
};

export interface RetryBudgetState {
  tokens: number;
  retries: number;
}

export function fullBudget(policy: RetryBudgetPolicy): RetryBudgetState {
  return { tokens: policy.tokensMax, retries: 0 };
}

export function spend(
  policy: RetryBudgetPolicy,
  state: RetryBudgetState,
  cost = policy.retryCost,
): { isGranted: boolean; state: RetryBudgetState } {
  const taken = Math.max(cost, policy.retryCostMin);
  const isGranted = state.retries < policy.retriesMax && state.tokens >= taken;
  if (!isGranted) return { isGranted, state };
  return { isGranted, state: { tokens: state.tokens - taken, retries: state.retries + 1 } };
}

export function payBack(policy: RetryBudgetPolicy, state: RetryBudgetState): RetryBudgetState {
  const tokens = Math.min(policy.tokensMax, state.tokens + policy.successPaysBack);
  return tokens === state.tokens ? state : { ...state, tokens };
}

/** One work order's budget while it is being worked on; `state` is JSON, for storage. */
export class RetryBudget {
  readonly #policy: RetryBudgetPolicy;
  #state: RetryBudgetState;

  constructor(policy: RetryBudgetPolicy = defaultRetryBudget, state = fullBudget(policy)) {
    this.#policy = policy;
    this.#state = state;
  }

  get state(): RetryBudgetState {
    return this.#state;
  }

  take(cost?: number): boolean {
    const { isGranted, state } = spend(this.#policy, this.#state, cost);
    this.#state = state;
    return isGranted;
  }

  payBack(): void {
    this.#state = payBack(this.#policy, this.#state);
  }
}
