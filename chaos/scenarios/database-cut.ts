import { NoTarget, nothingToEnd, type Scenario } from '../scenario.ts';

export const databaseCut: Scenario = {
  name: 'database-cut',
  group: 'database',
  does: 'every connection to the database breaks',
  lastsMs: [0, 0],
  isTransient: true,
  async inject({ relay }) {
    if (relay.cut() === 0) throw new NoTarget('There was no connection.');
    return nothingToEnd;
  },
};
