import type { Scenario } from '../scenario.ts';

export const networkCut: Scenario = {
  name: 'network-cut',
  group: 'machine',
  does: 'the network is gone: neither the database nor the provider answers',
  lastsMs: [1_000, 5_000],
  isTransient: true,
  async inject({ provider, relay }) {
    relay.silence();
    provider.fail({ how: 'hang' });
    return async () => {
      provider.fail(null);
      await relay.restore();
    };
  },
};
