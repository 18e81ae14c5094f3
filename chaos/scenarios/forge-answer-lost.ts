import { sleep } from '../../src/stdx/async/sleep.ts';
import { NoTarget, type Scenario } from '../scenario.ts';

const waitMsMax = 30_000;
const lookEveryMs = 50;

export const forgeAnswerLost: Scenario = {
  name: 'forge-answer-lost',
  group: 'forge',
  does: 'a pull request is opened, and the answer that says so is lost',
  lastsMs: [0, 0],
  isTransient: true,
  async inject({ relay, signal }) {
    const before = relay.lost();
    relay.loseAnswerTo('insert into "pull_requests"');
    const until = performance.now() + waitMsMax;
    while (relay.lost() === before && performance.now() < until) await sleep(lookEveryMs, signal);
    await relay.restore();
    if (relay.lost() === before) throw new NoTarget('No pull request was opened.');
    return relay.restore;
  },
};
