// Shows people the state of the circuits from their rows, and lets them close a circuit or keep one open.

import type { PermanentError } from '../../domain/failure.ts';
import { wakeRuns } from '../../durable/wake-runs.ts';
import type { Database } from '../../store/database.ts';
import { resolveAlert } from '../../store/failures/alerts.ts';
import {
  allCircuits,
  type CircuitRow,
  circuitByKey,
  holdCircuit,
  pausedRunsByCircuit,
  resetCircuit,
} from '../../store/failures/circuit-states.ts';
import type { CircuitKind } from '../../store/schema/row-kinds.ts';
import type { CircuitCause, CircuitKey } from './circuit.ts';
import { alertKeyOf } from './circuit-cause.ts';
import { recoveryFailures } from './failure-catalogue.ts';
import { endOutage } from './outage.ts';

const kinds = ['provider', 'model', 'forge', 'agent', 'git', 'notifier'] as const satisfies CircuitKind[];

export interface CircuitStanding {
  key: string;
  kind: CircuitKind;
  phase: CircuitRow['phase'];
  /** When the circuit entered this phase, or a person began to keep it open. */
  since: Date;
  openedAt: Date | null;
  /** The number of openings since it was last closed. */
  openings: number;
  /** The failure that last opened the circuit. */
  because: CircuitCause | null;
  /** When the machine that opened the circuit will try again; null if the circuit is not open. */
  nextProbeAt: Date | null;
  /** The person who keeps the circuit open until a person resets it. */
  heldBy: string | null;
  /** The process or person that last changed the circuit. */
  updatedBy: string;
  pausedRuns: number;
}

/** What an interface can ask of the circuits. */
export function circuitSteering(database: Database, actor: string) {
  return {
    circuits: () => standingOfCircuits(database),
    circuit: (key: string) => standingOfCircuit(database, key),
    resetCircuit: (key: string) => closeCircuit(database, key, actor),
    openCircuit: (key: string) => keepCircuitOpen(database, key, actor),
  };
}

/** Circuits that have ever opened or made a run wait; most recently changed first. */
export async function standingOfCircuits(database: Database): Promise<CircuitStanding[]> {
  const { rows, paused } = await database.run(async (query) => ({
    rows: await allCircuits(query),
    paused: await pausedRunsByCircuit(query),
  }));
  return rows.map((row) => standing(row, paused));
}

/** @throws PermanentError CIRCUIT_UNKNOWN if the circuit never opened */
export async function standingOfCircuit(database: Database, key: string): Promise<CircuitStanding> {
  const { row, paused } = await database.run(async (query) => ({
    row: await circuitByKey(query, key),
    paused: await pausedRunsByCircuit(query),
  }));
  if (!row) throw unknown(key);
  return standing(row, paused);
}

/**
 * Closes the circuit on all machines, and resumes everything that waits for it.
 * @throws PermanentError CIRCUIT_UNKNOWN
 */
export async function closeCircuit(
  database: Database,
  key: string,
  actor: string,
): Promise<CircuitStanding & { wokenRuns: number }> {
  const wokenRuns = await database.transaction(async (query) => {
    if (!(await resetCircuit(query, key, actor))) throw unknown(key);
    await resolveAlert(query, alertKeyOf(key), actor);
    await endOutage(query, key as CircuitKey);
    return wakeRuns(query, key);
  });
  return { ...(await standingOfCircuit(database, key)), wokenRuns };
}

/** Blocks all calls on all machines until the circuit is reset. @throws PermanentError CIRCUIT_KEY_INVALID */
export async function keepCircuitOpen(
  database: Database,
  key: string,
  actor: string,
): Promise<CircuitStanding> {
  const [, named] = /^([a-z]+):\S+$/.exec(key) ?? [];
  const kind = kinds.find((each) => each === named);
  if (!kind) throw invalid(key);
  await database.run((query) => holdCircuit(query, key, kind, actor));
  return standingOfCircuit(database, key);
}

function standing(row: CircuitRow, paused: ReadonlyMap<string, number>): CircuitStanding {
  const { key, kind, phase, openedAt, openings, because, heldBy, updatedBy } = row;
  return {
    key,
    kind,
    phase,
    openedAt,
    openings,
    because,
    heldBy,
    updatedBy,
    since: row.updatedAt,
    nextProbeAt: phase === 'open' && heldBy === null ? row.notBefore : null,
    pausedRuns: paused.get(key) ?? 0,
  };
}

const said = { operation: 'circuits' };

function unknown(key: string): PermanentError {
  return recoveryFailures.CIRCUIT_UNKNOWN(said, { key });
}

function invalid(key: string): PermanentError {
  return recoveryFailures.CIRCUIT_KEY_INVALID(said, { key, kinds: kinds.join(', ') });
}
