// The circuits of everything that Moose calls: shared by all machines through the database, without waiting for it.
//
// Guarantees: in one process, there are never more than `halfOpenMaxCalls` probes at a time; across all processes, the
// same holds as soon as they have been notified of the first probe (milliseconds). Until then, each may start as many
// of its own. That only happens if two pauses end at the same moment, because a machine that follows an opening waits
// up to ten percent longer than the one that opened. If the probes of one machine fail, the others may each try for
// themselves, once per pause.
import type { MooseError } from '../../domain/failure.ts';
import type { CircuitPolicy } from '../../resilience/circuit.ts';
import { cancellation } from '../../resilience/cut-off.ts';
import { type Classify, outcomeOf } from '../../resilience/outcome-of.ts';
import { hasRoomToOpen } from '../../resilience/room-to-open.ts';
import { isCircuitOpen } from '../../resilience/through-circuit.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Random } from '../../stdx/random.ts';
import type { Database } from '../../store/database.ts';
import type { CircuitKind } from '../../store/schema/row-kinds.ts';
import { pauseMsMax } from '../policy/settings/breakers.ts';
import type { CircuitKey, CircuitView } from './circuit.ts';
import { circuitPolicyOf } from './circuit-policies.ts';
import { SharedCircuit } from './circuit-shared.ts';
import { keepInStep } from './circuit-sync.ts';

export interface Circuits {
  /** Resolves when the state of the other machines has been read. Calls may go through before that. */
  ready: Promise<void>;
  /**
   * Calls through each named circuit, outermost first. Rejects with CIRCUIT_OPEN (`metadata.circuit`, `retryAfterMs`)
   * if one admits nobody, with CANCELLED if the signal was already aborted, and otherwise like the call.
   */
  through<T>(
    keys: readonly CircuitKey[],
    signal: AbortSignal,
    call: () => Promise<T>,
    classify?: Classify,
  ): Promise<T>;
  /** Milliseconds until this circuit admits a call; 0 if it does. Takes no probe slot. */
  retryAfterMs(key: CircuitKey): number;
  /**
   * Opens the circuit immediately: a failure that is proof by itself, such as an exhausted quota, needs no five
   * repetitions.
   */
  trip(key: CircuitKey, failure: MooseError): void;
  states(): CircuitView[];
  /** Writes what has not been written yet, if the database is available. */
  close(): Promise<void>;
}

export interface CircuitsOptions {
  database: Database;
  executorId: string;
  clock: Clock;
  random?: Random;
  policyFor?(kind: CircuitKind, key: CircuitKey): CircuitPolicy;
  /** Called for transitions in this process, in the middle of a call: it must neither throw nor wait. */
  onTransition?(circuit: CircuitView): void;
  /**
   * Called if the database refuses a query of the circuits (not if it is unavailable). The query is retried; this must
   * not throw.
   */
  onFailure(thrown: unknown): void;
}

/**
 * There are far fewer names of providers, models, forges and agents. Above this number, closed circuits are forgotten
 * first.
 */
const circuitsMax = 1_000;
/**
 * The maximum share of open circuits among those that can replace each other; a circuit without alternatives may open
 * too.
 */
const shutShareMax = 0.5;
/** A circuit that nobody has used for longer than the longest pause is not in use, and so replaces none. */
const standInMsMax = pauseMsMax + 5 * 60_000;

export function createCircuits(options: CircuitsOptions): Circuits {
  const { database, executorId, clock, random = Math.random, policyFor = circuitPolicyOf } = options;
  const circuits = new Map<CircuitKey, SharedCircuit>();
  const now = () => clock.now().getTime();

  const mayOpen = (kind: CircuitKind): boolean => {
    if (kind !== 'provider') return true;
    const since = now() - standInMsMax;
    const group = [...circuits.values()].filter((each) => each.kind === kind && each.askedAt >= since);
    const phases = group.map((each) => (each.isShut ? 'open' : 'closed'));
    return hasRoomToOpen(phases, shutShareMax);
  };
  const circuitOf = (key: CircuitKey): SharedCircuit => {
    const known = circuits.get(key);
    if (known) return known;
    const kind = kindOf(key);
    const circuit = new SharedCircuit({
      key,
      kind,
      now,
      random,
      policy: policyFor(kind, key),
      mayOpen: () => mayOpen(kind),
      onUnwritten: (changed) => {
        sync.ring();
        options.onTransition?.(changed.view());
      },
    });
    if (circuits.size >= circuitsMax) forgetOne(circuits);
    circuits.set(key, circuit);
    return circuit;
  };
  const sync = keepInStep({
    database,
    executorId,
    circuits: () => circuits.values(),
    adopt: (row) => circuitOf(row.key as CircuitKey).adopt(row),
    onFailure: options.onFailure,
  });

  return {
    ready: sync.ready,
    through: async (keys, signal, call, classify = outcomeOf) => {
      if (signal.aborted) throw cancellation(signal);
      const known: Classify = (failure) => (isCircuitOpen(failure) ? outcomeOf(failure) : classify(failure));
      const enter = keys.reduceRight<typeof call>((inner, key) => {
        const circuit = circuitOf(key);
        return () => circuit.through(signal, inner, known);
      }, call);
      return enter();
    },
    retryAfterMs: (key) => circuitOf(key).retryAfterMs(),
    trip: (key, failure) => circuitOf(key).trip(failure),
    states: () => Array.from(circuits.values(), (circuit) => circuit.view()),
    close: sync.close,
  };
}

const kindOf = (key: CircuitKey) => key.slice(0, key.indexOf(':')) as CircuitKind;

function forgetOne(circuits: Map<CircuitKey, SharedCircuit>): void {
  for (const [key, circuit] of circuits) {
    if (!circuit.isShut && !circuit.isUnwritten) return void circuits.delete(key);
  }
  for (const key of circuits.keys()) return void circuits.delete(key);
}
