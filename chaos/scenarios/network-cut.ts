import { NoTarget, type Scenario } from '../scenario.ts';

export const networkCut: Scenario = {
  name: 'network-cut',
  group: 'machine',
  does: 'the network is gone: neither the database nor the provider answers',
  lastsMs: [1_000, 5_000],
  isTransient: true,
  async inject({ provider, relay }) {
    const before = relay.hindered();
    relay.silence();
    const calls = provider.fail({ how: 'hang' });
    return async () => {
      const hindered = relay.hindered() - before + calls.hits();
      calls.end();
      await relay.restore();
      if (hindered === 0) throw new NoTarget('Nobody used the network.');
    };
  },
};
