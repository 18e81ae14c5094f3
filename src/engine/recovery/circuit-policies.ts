// The thresholds of each circuit, and how long it stays open when it opens repeatedly. Pure.
import { type CircuitPolicy, defaultCircuitPolicy } from '../../resilience/circuit.ts';
import type { CircuitKind } from '../../store/schema/recovery-tables.ts';
import { pauseMsMax } from '../policy/settings/breakers.ts';

/** The first is the policy's own, 30 s: then 1, 2, 4, 8 minutes. Each probe may cost money. */
const pauseGrowth = 2;
/** A provider may ask for more than that, and is not believed for longer: quotas are raised, and limits lifted. */
export const askedPauseMsMax = 60 * 60_000;

/** How long a probe may keep its slot: about as long as a successful call takes. */
const leaseMs: Partial<Record<CircuitKind, number>> = {
  provider: 120_000,
  model: 120_000,
  agent: 600_000,
};

/** R-REC-2: the same for each, except for the time that a probe may take. */
export function circuitPolicyOf(kind: CircuitKind): CircuitPolicy {
  return { ...defaultCircuitPolicy, leaseMs: leaseMs[kind] ?? defaultCircuitPolicy.leaseMs };
}

/**
 * In milliseconds. `openings` counts since the circuit last closed, from 1; `askedMs` is what the failure that opened
 * it asked for.
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
