import type { CircuitPhase } from '../../resilience/circuit.ts';
import type { CircuitCounts } from '../../resilience/circuit-holder.ts';
import type { CircuitKind } from '../../store/schema/row-kinds.ts';

/**
 * `provider:anthropic`, `model:anthropic/claude-x`, `forge:local`, `agent:claude-code`, `agent:claude-code@host`,
 * `agent:claude-code@host/project`.
 */
export type CircuitKey = `${CircuitKind}:${string}`;

/** The failure that last opened the circuit. */
export interface CircuitCause {
  code: string;
  message: string;
  /** The wait that the provider asked for. */
  retryAfterMs?: number;
}

export interface CircuitView {
  key: CircuitKey;
  kind: CircuitKind;
  phase: CircuitPhase;
  /** The number of openings since a call last succeeded. */
  openings: number;
  openedAt: Date | null;
  because: CircuitCause | null;
  /** The person who keeps the circuit open until a person resets it. */
  heldBy: string | null;
  /** Milliseconds until the circuit admits a call; 0 if it does now. */
  retryAfterMs: number;
  /** Counted by this process since its start. */
  counts: CircuitCounts;
}
