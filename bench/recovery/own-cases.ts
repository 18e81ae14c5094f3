import { defaultCircuitPolicy } from '../../src/resilience/circuit.ts';
import { CircuitHolder } from '../../src/resilience/circuit-holder.ts';
import { defaultRetryPolicy, retry } from '../../src/resilience/retry.ts';
import { RetryBudget } from '../../src/resilience/retry-budget.ts';
import { throughCircuit } from '../../src/resilience/through-circuit.ts';
import { withTimeout } from '../../src/resilience/timeout.ts';
import { verdictOf } from '../../src/resilience/verdict.ts';
import { type Case, call } from './turns.ts';

const farMs = 3_600_000;
const timeoutMs = 60_000;

/** All cases use everything that the calls of a work order have: signal, deadline, budget, classifier. */
export function ownCases(): Record<string, Case> {
  const { signal } = new AbortController();
  const now = Date.now;
  const circuit = new CircuitHolder({ key: 'bench', policy: defaultCircuitPolicy, now });
  const outside = {
    signal,
    now,
    random: Math.random,
    budget: new RetryBudget(),
    deadlineAt: Date.now() + farMs,
  };
  const options = { ...outside, classify: verdictOf };
  const within = () => throughCircuit(circuit, options, call);
  const timed = () => throughCircuit(circuit, options, () => withTimeout(timeoutMs, signal, call));
  return {
    bare: { run: call },
    own_retry: { run: () => retry(defaultRetryPolicy, options, call) },
    own_circuit: { run: within },
    own_retry_circuit: { run: () => retry(defaultRetryPolicy, options, within) },
    own_retry_circuit_timeout: { run: () => retry(defaultRetryPolicy, options, timed) },
  };
}
