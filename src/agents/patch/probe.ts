import type { AgentProbe } from '../../engine/ports/agent.ts';

/** Comes with Moose and runs on Moose's own Node: there is nothing to find, and its version is Node's. */
export function probePatch(): AgentProbe {
  const { version } = process;
  return { isInstalled: true, version, testedVersion: null, advice: null };
}
