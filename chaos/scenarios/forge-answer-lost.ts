import type { Scenario } from '../scenario.ts';

export const forgeAnswerLost: Scenario = {
  name: 'forge-answer-lost',
  group: 'forge',
  does: 'a pull request is opened, and the answer that says so is lost',
  lastsMs: [4_000, 6_000],
  isTransient: true,
  async inject({ relay }) {
    relay.loseAnswerTo('insert into "pull_requests"');
    return relay.restore;
  },
};
