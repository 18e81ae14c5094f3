import { NoTarget, type Scenario } from '../scenario.ts';

export const databaseSilent: Scenario = {
  name: 'database-silent',
  group: 'database',
  does: 'connections to the database carry nothing for a while, without an error',
  lastsMs: [1_000, 5_000],
  isTransient: true,
  async inject({ relay }) {
    const before = relay.hindered();
    relay.silence();
    return async () => {
      const hindered = relay.hindered() - before;
      await relay.restore();
      if (hindered === 0) throw new NoTarget('Nothing was sent to the database.');
    };
  },
};
