import { defaultRecoveryPolicies } from '../../src/engine/policy/default-policies.ts';
import { ErrorRecoveryManager } from '../../src/engine/recovery/error-recovery-manager.ts';
import { defaultCircuitPolicy } from '../../src/resilience/circuit.ts';
import { CircuitHolder } from '../../src/resilience/circuit-holder.ts';
import { outcomeOf } from '../../src/resilience/outcome-of.ts';
import { throughCircuit } from '../../src/resilience/through-circuit.ts';
import { withTimeout } from '../../src/resilience/timeout.ts';
import { type Case, call } from './turns.ts';

const timeoutMs = 60_000;

/** The retries are those of a call to the forge, through the recovery table. */
export function ownCases(): Record<string, Case> {
  const { signal } = new AbortController();
  const now = Date.now;
  const circuit = new CircuitHolder({ key: 'forge:bench', policy: defaultCircuitPolicy, now });
  const within = <T>(inner: () => Promise<T>) =>
    throughCircuit(circuit, { classify: outcomeOf, signal }, inner);
  const manager = new ErrorRecoveryManager({
    policies: defaultRecoveryPolicies,
    circuits: { through: (keys, _signal, inner) => (keys.length === 0 ? inner() : within(inner)) },
    errorLog: { record: () => ({ id: '', resolved: () => undefined }) },
    now,
    random: Math.random,
  });
  const operation = { component: 'forge', operation: 'bench', signal, ways: ['bench'] } as const;
  const circuits = ['forge:bench'] as const;
  const timed = () => withTimeout(timeoutMs, signal, call);
  return {
    bare: { run: call },
    own_retry: { run: () => manager.executeWithRecovery({ ...operation, call }) },
    own_circuit: { run: () => within(call) },
    own_retry_circuit: { run: () => manager.executeWithRecovery({ ...operation, circuits, call }) },
    own_retry_circuit_timeout: {
      run: () => manager.executeWithRecovery({ ...operation, circuits, call: timed }),
    },
  };
}
