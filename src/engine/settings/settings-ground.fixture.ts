// For tests: the settings as people use them, on a real database.
import { ConfigurationError } from '../../domain/failure.ts';
import { systemClock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { defaultSettings } from '../policy/engine-settings.ts';
import { askSettings } from './ask-settings.ts';
import { liveSettings } from './live-settings.ts';

export const known = {
  agentNames: ['patch', 'codex'],
  assertModel: async (name: string) => {
    if (name.startsWith('anthropic/')) return;
    throw new ConfigurationError({
      code: 'MODEL_PROVIDER_UNKNOWN',
      component: 'models',
      operation: 'createModel',
      message: `There is no model provider in ${name}.`,
      advice: 'Use anthropic.',
    });
  },
  callsModels: (name: string) => name === 'codex',
  probe: async (name: string) => ({
    isInstalled: true,
    ...(name === 'codex'
      ? { version: '1.2.3', testedVersion: '1.2.4' }
      : { version: null, testedVersion: null }),
    advice: null,
  }),
  hasKey: async (provider: string) => provider === 'anthropic',
};

export function asked(database: Database, actor = 'human:ada', given: string[] = []) {
  const settings = liveSettings(database, {
    base: defaultSettings,
    given: new Set(given),
    onIgnored: async () => undefined,
    onFailure: () => undefined,
  });
  return { ...askSettings({ database, known, settings, actor, clock: systemClock }), live: settings };
}
