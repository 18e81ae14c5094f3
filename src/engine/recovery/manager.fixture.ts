// For tests: a manager with one real circuit and the table's own rows, with short delays.
import { type MooseError, PermanentError, TransientError } from '../../domain/failure.ts';
import { defaultCircuitPolicy } from '../../resilience/circuit.ts';
import { CircuitHolder } from '../../resilience/circuit-holder.ts';
import { outcomeOf } from '../../resilience/outcome-of.ts';
import { throughCircuit } from '../../resilience/through-circuit.ts';
import { defaultRecoveryPolicies } from '../policy/default-policies.ts';
import { ErrorRecoveryManager, type RecoveryContext, type RecoveryDeps } from './error-recovery-manager.ts';

export const hourMs = 3_600_000;
export const now = 1_000 * hourMs;
export const fields = { component: 'forge', operation: 'open', message: 'It did not work.' };
export const passing = (more: object = {}) => new TransientError({ code: 'AWAY', ...fields, ...more });
export const lasting = (more: object = {}) => new PermanentError({ code: 'WRONG', ...fields, ...more });

interface Told {
  error: MooseError;
  strategy: string | undefined;
  isRecovered?: boolean;
  retries?: number | undefined;
}

/** A manager with one real circuit, and everything that it reported to the log. */
export function aManager(limits?: RecoveryDeps['limits']) {
  const told: Told[] = [];
  const holder = new CircuitHolder({ key: 'forge:local', policy: defaultCircuitPolicy, now: Date.now });
  const deps: RecoveryDeps = {
    policies: defaultRecoveryPolicies.map((row) =>
      row.delaysMs ? { ...row, delaysMs: row.delaysMs.map(() => 1) } : row,
    ),
    circuits: {
      through: (keys, signal, call, classify = outcomeOf) =>
        keys.length === 0 ? call() : throughCircuit(holder, { classify, signal }, call),
    },
    errorLog: {
      record: (error, context) => {
        const one: Told = { error, strategy: context?.strategy };
        told.push(one);
        return {
          id: String(told.length),
          resolved: (isRecovered, retries) => void Object.assign(one, { isRecovered, retries }),
        };
      },
    },
    now: () => now,
    random: () => 0.5,
  };
  return { manager: new ErrorRecoveryManager({ ...deps, ...(limits ? { limits } : {}) }), holder, told };
}

export const context = (more: Partial<RecoveryContext> = {}): RecoveryContext => ({
  component: 'routing',
  retries: 0,
  pauses: 0,
  hasFallback: false,
  recoveries: [],
  retryBudget: null,
  deadlineAt: now + 24 * hourMs,
  ...more,
});
