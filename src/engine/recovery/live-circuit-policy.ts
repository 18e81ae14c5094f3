// Reads a circuit's policy from the current settings each time, because a circuit outlives changes to them.
import type { CircuitPolicy } from '../../resilience/circuit.ts';
import type { CircuitKind } from '../../store/schema/row-kinds.ts';
import type { EngineSettings } from '../policy/engine-settings.ts';
import { circuitPolicyOf } from './circuit-policies.ts';

export function liveCircuitPolicy(
  settings: Pick<
    EngineSettings,
    'circuitRecoveryMs' | 'circuitFailuresMax' | 'circuitWindowMs' | 'circuitProbesMax'
  >,
): (kind: CircuitKind) => CircuitPolicy {
  return (kind) => ({
    ...circuitPolicyOf(kind),
    get recoveryTimeoutMs() {
      return settings.circuitRecoveryMs;
    },
    get monitoringWindowMs() {
      return settings.circuitWindowMs;
    },
    get halfOpenMaxCalls() {
      return settings.circuitProbesMax;
    },
    get failureThreshold() {
      return settings.circuitFailuresMax;
    },
  });
}
