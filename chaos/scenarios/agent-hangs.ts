import { mustHitAgent } from '../must-hit.ts';
import type { Scenario } from '../scenario.ts';

export const agentHangs: Scenario = {
  name: 'agent-hangs',
  group: 'agent',
  does: 'the coding agent hangs forever, and ignores SIGTERM: a person is asked',
  lastsMs: [0, 0],
  reach: 'own',
  isTransient: false,
  agent: 'hangs',
  inject: async (stage) => () => mustHitAgent(stage),
};
