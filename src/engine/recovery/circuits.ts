// The circuits of all that Moose calls: shared by all machines through the database, and never waiting for it.
import type { MooseError } from '../../domain/failure.ts';
import type { CircuitPhase } from '../../resilience/circuit.ts';
import type { CircuitCounts } from '../../resilience/circuit-holder.ts';
import type { Classify } from '../../resilience/verdict.ts';
import type { CircuitKind } from '../../store/recovery-tables.ts';

/** `provider:anthropic`, `model:anthropic/claude-x`, `forge:local`, `agent:claude-code`. */
export type CircuitKey = `${CircuitKind}:${string}`;

/** The failure that opened it last. */
export interface CircuitCause {
  code: string;
  message: string;
  /** What the provider asked for. */
  retryAfterMs?: number;
}

export interface CircuitView {
  key: CircuitKey;
  kind: CircuitKind;
  phase: CircuitPhase;
  /** Since it was last closed. */
  openings: number;
  openedAt: Date | null;
  because: CircuitCause | null;
  /** The human who keeps it open until a human resets it. */
  heldBy: string | null;
  /** Milliseconds until it lets somebody through; 0 when it does. */
  retryAfterMs: number;
  /** Of this process, since its start. */
  counts: CircuitCounts;
}

export interface Circuits {
  /** Resolves when the state that the other machines left has been read. Calls may go through before that. */
  ready: Promise<void>;
  /**
   * Through each named circuit, outermost first. Rejects with CIRCUIT_OPEN (`metadata.circuit`, `retryAfterMs`) where
   * one lets nobody through, with CANCELLED where the signal is aborted before, and else as the call does.
   */
  through<T>(
    keys: readonly CircuitKey[],
    signal: AbortSignal,
    call: () => Promise<T>,
    classify?: Classify,
  ): Promise<T>;
  /** Milliseconds until this circuit lets somebody through; 0 when it does. Takes no probe's place. */
  retryAfterMs(key: CircuitKey): number;
  /** Opens it at once: a failure that says everything needs no five proofs (a quota that is used up). */
  trip(key: CircuitKey, failure: MooseError): void;
  states(): CircuitView[];
  /** Writes what is not yet written, where the database is there. */
  close(): Promise<void>;
}
