import type { AgentProbe } from '../../engine/ports/agent.ts';

/**
 * The applier comes with Moose and runs on the Node that runs Moose: there is nothing to find, and its version is
 * Node's.
 */
export function probePatch(): AgentProbe {
  const { version } = process;
  return { isInstalled: true, version, testedVersion: null, advice: null };
}
