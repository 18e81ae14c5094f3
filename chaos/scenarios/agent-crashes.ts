import { nothingToEnd, type Scenario } from '../scenario.ts';

export const agentCrashes: Scenario = {
  name: 'agent-crashes',
  group: 'agent',
  does: 'the coding agent kills itself with half of its work done, once',
  lastsMs: [0, 0],
  isTransient: true,
  agent: 'crashes once',
  inject: async () => nothingToEnd,
};
