// Settings for circuits and for Moose's own brakes.
import { pauseMsMax } from '../recovery/circuit-policies.ts';
import type { SettingDefinition } from './definition.ts';
import { durationSetting, integerSetting } from './kinds.ts';

const second = 1_000;
const hour = 3_600 * second;
const group = 'breakers' as const;

export const breakerSettings: readonly SettingDefinition[] = [
  integerSetting({
    ...{ key: 'settings.breakers.circuit_failures', group, of: 'circuitFailuresMax', min: 1, max: 1_000 },
    environment: 'MOOSE_CIRCUIT_FAILURES',
    title: 'Failures that open a circuit',
    help: 'After this many failures within the window below, no machine calls that provider, model, forge or agent for a while.',
  }),
  durationSetting({
    ...{ key: 'settings.breakers.circuit_window_ms', group, of: 'circuitWindowMs', min: second, max: hour },
    title: 'Window for counting failures',
    help: 'Failures older than this do not count.',
  }),
  integerSetting({
    ...{ key: 'settings.breakers.circuit_probes', group, of: 'circuitProbesMax', min: 1, max: 100 },
    title: 'Successful probes that close a circuit',
    help: 'How many test calls must succeed before the circuit closes, and how many run at the same time.',
  }),
  durationSetting({
    ...{
      key: 'settings.breakers.circuit_recovery_ms',
      group,
      of: 'circuitRecoveryMs',
      min: 100,
      max: pauseMsMax,
    },
    environment: 'MOOSE_CIRCUIT_RECOVERY_MS',
    title: 'Recovery time of a circuit',
    help: 'How long a circuit stays open before one call tests it. Doubles each time the test fails.',
  }),
  durationSetting({
    ...{ key: 'settings.breakers.pause_ms', group, of: 'pauseMsMin', min: 100, max: 3_600 * second },
    environment: 'MOOSE_PAUSE_MS',
    title: 'Minimum wait behind an open circuit',
    help: 'A run that waits for a circuit waits at least this long, unless the circuit closes earlier.',
  }),
  integerSetting({
    ...{ key: 'settings.breakers.undone_per_minute', group, of: 'undonePerMinuteMax', min: 1, max: 10_000 },
    title: 'Work orders undone per minute',
    help: 'Above this, Moose stops undoing branches and pull requests, and asks a person.',
  }),
];
