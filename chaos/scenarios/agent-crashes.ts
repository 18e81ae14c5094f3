import { mustHitAgent } from '../must-hit.ts';
import type { Scenario } from '../scenario.ts';

export const agentCrashes: Scenario = {
  name: 'agent-crashes',
  group: 'agent',
  does: 'the coding agent kills itself with half of its work done, once',
  lastsMs: [0, 0],
  reach: 'own',
  isTransient: true,
  agent: 'crashes once',
  inject: async (stage) => () => mustHitAgent(stage),
};
