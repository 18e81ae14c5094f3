// The thresholds of each circuit, and how long it stays open if it opens repeatedly. Pure.
import { type CircuitPolicy, defaultCircuitPolicy } from '../../resilience/circuit.ts';
import type { CircuitKind } from '../../store/schema/row-kinds.ts';
import { pauseMsMax } from '../policy/settings/breakers.ts';

/** The first pause is the policy's own, 30 s, followed by 1, 2, 4 and 8 minutes. Each probe may cost money. */
const pauseGrowth = 2;
/**
 * A provider may ask for a longer wait, but that is trusted only up to this limit: quotas are raised, and limits
 * lifted.
 */
export const askedPauseMsMax = 60 * 60_000;

/** How long a probe may keep its slot: about as long as a successful call takes. */
const leaseMs: Partial<Record<CircuitKind, number>> = {
  provider: 120_000,
  model: 120_000,
  agent: 600_000,
};

/** R-REC-2: the same for every kind, except for the time that a probe may take. */
export function circuitPolicyOf(kind: CircuitKind): CircuitPolicy {
  return { ...defaultCircuitPolicy, leaseMs: leaseMs[kind] ?? defaultCircuitPolicy.leaseMs };
}

/**
 * In milliseconds. `openings` counts from 1 since the circuit last closed; `askedMs` is the wait that the failure asked
 * for.
 */
export function pauseMsOf(
  { recoveryTimeoutMs }: Pick<CircuitPolicy, 'recoveryTimeoutMs'>,
  openings: number,
  askedMs = 0,
): number {
  const growth = Math.min(pauseGrowth ** Math.max(0, openings - 1), Number.MAX_VALUE);
  const widenedMs = Math.max(recoveryTimeoutMs, Math.min(recoveryTimeoutMs * growth, pauseMsMax));
  return Math.max(widenedMs, Math.min(askedMs, askedPauseMsMax));
}
