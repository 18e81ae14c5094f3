import type { Scenario } from '../scenario.ts';

export const databaseAway: Scenario = {
  name: 'database-away',
  group: 'database',
  does: 'the database refuses connections for a while',
  lastsMs: [500, 4_000],
  isTransient: true,
  async inject({ relay }) {
    await relay.close();
    return relay.restore;
  },
};
