import { NoTarget, type Scenario } from '../scenario.ts';

export const databaseSlow: Scenario = {
  name: 'database-slow',
  group: 'database',
  does: 'everything to and from the database takes longer',
  lastsMs: [2_000, 5_000],
  isTransient: true,
  async inject({ relay }) {
    const before = relay.hindered();
    relay.slow(150);
    return async () => {
      const hindered = relay.hindered() - before;
      await relay.restore();
      if (hindered === 0) throw new NoTarget('Nothing was sent to the database.');
    };
  },
};
