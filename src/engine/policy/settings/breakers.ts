// Circuits, and Moose's own brakes.
import { defaultCircuitPolicy } from '../../../resilience/circuit.ts';
import { fixed } from './definition.ts';
import { duration, integer } from './kinds.ts';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/** The end of an outage is noticed at most this late. */
export const pauseMsMax = 15 * minuteMs;

export const breakers = {
  circuitFailuresMax: integer({
    key: 'settings.breakers.circuit_failures',
    environment: 'MOOSE_CIRCUIT_FAILURES',
    default: defaultCircuitPolicy.failureThreshold,
    min: 1,
    max: 1_000,
    title: 'Failures that open a circuit',
    help: 'After this many failures within the window below, no machine calls that provider, model, forge or agent for a while.',
  }),
  circuitWindowMs: duration({
    key: 'settings.breakers.circuit_window_ms',
    default: defaultCircuitPolicy.monitoringWindowMs,
    min: secondMs,
    max: hourMs,
    title: 'Window for counting failures',
    help: 'Failures older than this do not count.',
  }),
  circuitProbesMax: integer({
    key: 'settings.breakers.circuit_probes',
    default: defaultCircuitPolicy.halfOpenMaxCalls,
    min: 1,
    max: 100,
    title: 'Successful probes that close a circuit',
    help: 'How many test calls must succeed before the circuit closes, and how many run at the same time.',
  }),
  circuitRecoveryMs: duration({
    key: 'settings.breakers.circuit_recovery_ms',
    environment: 'MOOSE_CIRCUIT_RECOVERY_MS',
    default: defaultCircuitPolicy.recoveryTimeoutMs,
    min: 100,
    max: pauseMsMax,
    title: 'Recovery time of a circuit',
    help: 'How long a circuit stays open before one call tests it. The time doubles each time the test fails.',
  }),
  pauseMsMin: duration({
    key: 'settings.breakers.pause_ms',
    environment: 'MOOSE_PAUSE_MS',
    default: 5 * secondMs,
    min: 100,
    max: hourMs,
    title: 'Minimum wait behind an open circuit',
    help: 'A run that waits for a circuit waits at least this long, unless the circuit closes earlier.',
  }),
  undonePerMinuteMax: integer({
    key: 'settings.breakers.undone_per_minute',
    default: 10,
    min: 1,
    max: 10_000,
    title: 'Work orders undone per minute',
    help: 'If more work orders than this are undone in a minute, Moose stops undoing branches and pull requests, and asks a person.',
  }),
  /**
   * How often a run may be taken up without finishing a step: above this, the run itself is assumed to kill its
   * processes.
   */
  startsMax: fixed(20),
};
