// Limits all retries of one work order together: a retry costs more than a success pays back, and the number of retries
// only grows.

export interface RetryBudgetPolicy {
  tokensMax: number;
  /** More than a success pays back, so that successes cannot pay for as many retries. */
  retryCost: number;
  /** What a success pays back, up to `tokensMax`. */
  successPaysBack: number;
  /** The maximum, however many successes there are. */
  retriesMax: number;
}

/** Ten retries in a row; then one for every ten successes; never more than a hundred. */
export const defaultRetryBudget: RetryBudgetPolicy = {
  tokensMax: 100,
  retryCost: 10,
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
): { isGranted: boolean; state: RetryBudgetState } {
  const isGranted = state.retries < policy.retriesMax && state.tokens >= policy.retryCost;
  if (!isGranted) return { isGranted, state };
  return { isGranted, state: { tokens: state.tokens - policy.retryCost, retries: state.retries + 1 } };
}

export function payBack(policy: RetryBudgetPolicy, state: RetryBudgetState): RetryBudgetState {
  const tokens = Math.min(policy.tokensMax, state.tokens + policy.successPaysBack);
  return tokens === state.tokens ? state : { ...state, tokens };
}
