// A circuit as total functions over JSON: it opens after n failures in a window of time, and never waits.
//
// The generation rises with each change of phase. A permit carries the generation in which it was given, and a result
// with an older generation changes nothing. A call through a half-open circuit is a probe and holds a lease: a probe
// that hangs loses its slot. `sinceGeneration` is the generation in which the phase began: if the generation was only
// raised to follow other machines (circuit-sharing.ts), permits of this phase stay valid.

export interface CircuitPolicy {
  failureThreshold: number;
  monitoringWindowMs: number;
  recoveryTimeoutMs: number;
  /** The number of probes, and of successful ones that close the circuit. */
  halfOpenMaxCalls: number;
  /** After this time a probe loses its slot to another; its result still counts, because it is still a fact. */
  leaseMs: number;
  /** The answer if all probes are in progress: they may end at any moment. */
  probeRetryAfterMs: number;
}

/** The defaults of R-REC-2. */
export const defaultCircuitPolicy: CircuitPolicy = {
  failureThreshold: 5,
  monitoringWindowMs: 60_000,
  recoveryTimeoutMs: 30_000,
  halfOpenMaxCalls: 3,
  leaseMs: 60_000,
  probeRetryAfterMs: 1_000,
};

export interface Lease {
  id: number;
  lapsesAt: number;
}

interface Numbered {
  generation: number;
  sinceGeneration: number;
}

export interface ClosedCircuit extends Numbered {
  phase: 'closed';
  /** The times of the failures that still count; always fewer than the threshold. */
  failedAt: number[];
}

export interface OpenCircuit extends Numbered {
  phase: 'open';
  openedAt: number;
}

export interface HalfOpenCircuit extends Numbered {
  phase: 'half_open';
  successes: number;
  /** The number of leases given; the next lease has the next higher ID. */
  leasesGiven: number;
  leases: Lease[];
}

/** The state as JSON. Instants are milliseconds since the epoch. */
export type CircuitState = ClosedCircuit | OpenCircuit | HalfOpenCircuit;

export type CircuitPhase = CircuitState['phase'];

export interface Permit {
  generation: number;
  /** The lease of a probe; null for other calls. */
  lease: number | null;
}

export type Admission =
  | { admitted: true; permit: Permit; state: CircuitState }
  | { admitted: false; retryAfterMs: number; state: CircuitState };

/**
 * `ignored`: we cancelled, our request was wrong, or the budget stopped the call. It frees the slot and changes
 * nothing.
 */
export type Outcome = 'success' | 'failure' | 'ignored';

export const newCircuit: CircuitState = { phase: 'closed', generation: 0, sinceGeneration: 0, failedAt: [] };

export function admit(policy: CircuitPolicy, state: CircuitState, now: number): Admission {
  if (state.phase === 'closed') {
    return { admitted: true, permit: { generation: state.generation, lease: null }, state };
  }
  if (state.phase === 'half_open') return probe(policy, state, now);
  // A clock that was set back, or another machine's that is ahead, does not prolong an opening.
  const openedAt = Math.min(state.openedAt, now);
  const retryAfterMs = openedAt + policy.recoveryTimeoutMs - now;
  if (retryAfterMs > 0) return { admitted: false, retryAfterMs, state: { ...state, openedAt } };
  return probe(policy, { phase: 'half_open', ...next(state), successes: 0, leasesGiven: 0, leases: [] }, now);
}

export function record(
  policy: CircuitPolicy,
  state: CircuitState,
  permit: Permit,
  outcome: Outcome,
  now: number,
): CircuitState {
  if (permit.generation < state.sinceGeneration || permit.generation > state.generation) return state;
  if (state.phase === 'half_open') return probed(policy, state, permit, outcome, now);
  if (state.phase === 'open' || outcome !== 'failure') return state;
  const failedAt = [...recent(policy, state.failedAt, now), now];
  return failedAt.length >= policy.failureThreshold ? opened(state, now) : { ...state, failedAt };
}

/** Opens the circuit without counting, for a failure that is proof by itself; an open circuit stays as it is. */
export function trip(state: CircuitState, now: number): CircuitState {
  return state.phase === 'open' ? state : opened(state, now);
}

function probe(policy: CircuitPolicy, state: HalfOpenCircuit, now: number): Admission {
  const held = state.leases.filter(({ lapsesAt }) => now < lapsesAt && lapsesAt <= now + policy.leaseMs);
  // If nobody holds a lease, the next caller gets one, whatever the counts are: a half-open circuit cannot get stuck.
  if (held.length > 0 && state.successes + held.length >= policy.halfOpenMaxCalls) {
    const firstLapsesAt = Math.min(...held.map(({ lapsesAt }) => lapsesAt));
    const retryAfterMs = Math.min(firstLapsesAt - now, policy.probeRetryAfterMs);
    return { admitted: false, retryAfterMs, state: { ...state, leases: held } };
  }
  const id = state.leasesGiven + 1;
  const leases = [...held, { id, lapsesAt: now + policy.leaseMs }];
  return {
    admitted: true,
    permit: { generation: state.generation, lease: id },
    state: { ...state, leasesGiven: id, leases },
  };
}

function probed(
  policy: CircuitPolicy,
  state: HalfOpenCircuit,
  permit: Permit,
  outcome: Outcome,
  now: number,
): CircuitState {
  if (outcome === 'failure') return opened(state, now);
  const leases = state.leases.filter(({ id }) => id !== permit.lease);
  if (outcome === 'ignored') return { ...state, leases };
  const successes = state.successes + 1;
  if (successes < policy.halfOpenMaxCalls) return { ...state, successes, leases };
  return { phase: 'closed', ...next(state), failedAt: [] };
}

function opened(state: CircuitState, now: number): OpenCircuit {
  return { phase: 'open', ...next(state), openedAt: now };
}

function next({ generation }: Numbered): Numbered {
  return { generation: generation + 1, sinceGeneration: generation + 1 };
}

function recent(policy: CircuitPolicy, failedAt: readonly number[], now: number): number[] {
  return failedAt.map((at) => Math.min(at, now)).filter((at) => now - at < policy.monitoringWindowMs);
}
