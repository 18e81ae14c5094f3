import { NoTarget, type Scenario } from '../scenario.ts';

const alone = 'There is only one machine: see --machines.';

export const machinePartitioned: Scenario = {
  name: 'machine-partitioned',
  group: 'machine',
  does: 'the second machine cannot reach the database until the first one has taken its work, and then comes back',
  lastsMs: [17_000, 21_000],
  isTransient: true,
  cannot: async ({ second }) => (second === null ? alone : null),
  async inject({ second }) {
    if (second === null) throw new NoTarget(alone);
    const { relay } = second;
    const before = relay.hindered();
    relay.silence();
    return async () => {
      const hindered = relay.hindered() - before;
      await relay.restore();
      if (hindered === 0) throw new NoTarget('The second machine sent nothing to the database.');
    };
  },
};
