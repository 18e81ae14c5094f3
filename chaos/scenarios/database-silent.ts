import type { Scenario } from '../scenario.ts';

export const databaseSilent: Scenario = {
  name: 'database-silent',
  group: 'database',
  does: 'connections to the database carry nothing for a while, and nobody is told',
  lastsMs: [1_000, 5_000],
  isTransient: true,
  async inject({ relay }) {
    relay.silence();
    return relay.restore;
  },
};
