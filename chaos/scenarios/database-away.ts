import { NoTarget, type Scenario } from '../scenario.ts';

export const databaseAway: Scenario = {
  name: 'database-away',
  group: 'database',
  does: 'the database refuses connections for a while',
  lastsMs: [500, 4_000],
  isTransient: true,
  async inject({ relay }) {
    const broken = await relay.close();
    return async () => {
      await relay.restore();
      if (broken === 0) throw new NoTarget('There was no connection.');
    };
  },
};
