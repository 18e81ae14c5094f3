// When Moose leaves something alone, or stops itself.
import { pauseMsMax } from '../recovery/circuit-policies.ts';
import type { SettingDefinition } from './definition.ts';
import { durationSetting, integerSetting } from './kinds.ts';

const second = 1_000;
const group = 'breakers' as const;

export const breakerSettings: readonly SettingDefinition[] = [
  integerSetting({
    ...{ key: 'settings.breakers.circuit_failures', group, of: 'circuitFailuresMax', min: 1, max: 1_000 },
    environment: 'MOOSE_CIRCUIT_FAILURES',
    title: 'Failures that open a circuit',
    help: 'So many failures within a minute, and a provider, model, forge or agent is left alone on every machine.',
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
    title: 'Time that a circuit first stays open',
    help: 'After it one call probes whether what was left alone works again; twice as long each time that fails.',
  }),
  durationSetting({
    ...{ key: 'settings.breakers.pause_ms', group, of: 'pauseMsMin', min: 100, max: 3_600 * second },
    environment: 'MOOSE_PAUSE_MS',
    title: 'Least pause behind an open circuit',
    help: 'A run that waits for a circuit waits at least so long, unless it closes earlier.',
  }),
  integerSetting({
    ...{ key: 'settings.breakers.undone_per_minute', group, of: 'undonePerMinuteMax', min: 1, max: 10_000 },
    title: 'Work orders undone in a minute',
    help: 'Beyond it Moose takes back no more branches and pull requests, and asks a human.',
  }),
];
