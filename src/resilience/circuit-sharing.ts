// How one machine treats another's circuit, so that they share openings and no single bad machine blocks all.
import type { CircuitPolicy, CircuitState, HalfOpenCircuit, Lease } from './circuit.ts';

export interface Sharing {
  now: number;
  /**
   * True if this machine knows that calls succeed (its probes closed the circuit a short time ago), or must not lose
   * this circuit. Then it notes another machine's opening, but does not follow it.
   */
  isProven: boolean;
}

/** The lease ID for probes of other machines; our own IDs begin at 1. */
const elsewhere = 0;
/**
 * In milliseconds. Nobody reports that another machine's probe ended without an answer, or that the machine died, so
 * after this time we probe too.
 */
const elsewhereMsMax = 15_000;

/**
 * Follows `foreign` if it is newer. An opening is adopted once; extending it needs our own failures, so that a machine
 * with a broken network cannot extend it for the others. While another machine probes, we do not. If both states have
 * the same generation, the foreign one wins: it is in the stored row, and ours was written too late.
 */
export function adopt(
  policy: CircuitPolicy,
  own: CircuitState,
  foreign: CircuitState,
  { now, isProven }: Sharing,
): CircuitState {
  const isNews =
    foreign.generation > own.generation ||
    (foreign.generation === own.generation && foreign.phase !== own.phase);
  if (!isNews) return own;
  const raised = { ...own, generation: foreign.generation };
  const numbers = { generation: foreign.generation, sinceGeneration: foreign.generation };
  if (foreign.phase === 'closed') {
    return own.phase === 'closed' ? raised : { phase: 'closed', ...numbers, failedAt: [] };
  }
  if (own.phase === 'closed' && isProven) return raised;
  if (foreign.phase === 'open') {
    if (own.phase === 'open') return raised;
    if (own.phase === 'half_open') return { ...own, generation: foreign.generation, leases: ownLeases(own) };
    return { phase: 'open', ...numbers, openedAt: Math.min(foreign.openedAt, now) };
  }
  if (own.phase === 'half_open') {
    return { ...own, generation: foreign.generation, leases: filled(policy, ownLeases(own), now) };
  }
  const leases = filled(policy, [], now);
  return { phase: 'half_open', ...numbers, successes: 0, leasesGiven: 0, leases };
}

function ownLeases({ leases }: HalfOpenCircuit): Lease[] {
  return leases.filter(({ id }) => id !== elsewhere);
}

/** All free slots count as taken until the other machine's probes have ended or expired. */
function filled({ halfOpenMaxCalls, leaseMs }: CircuitPolicy, held: Lease[], now: number): Lease[] {
  const free = Math.max(0, halfOpenMaxCalls - held.length);
  const lapsesAt = now + Math.min(leaseMs, elsewhereMsMax);
  return [...held, ...Array.from({ length: free }, () => ({ id: elsewhere, lapsesAt }))];
}
