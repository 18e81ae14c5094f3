import type { Scenario } from '../scenario.ts';

export const databaseSlow: Scenario = {
  name: 'database-slow',
  group: 'database',
  does: 'everything to and from the database takes longer',
  lastsMs: [2_000, 5_000],
  isTransient: true,
  async inject({ relay }) {
    relay.slow(150);
    return relay.restore;
  },
};
