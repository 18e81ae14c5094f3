import type { Agent } from '../../ports/agent.ts';

/** A probe may start a large program, so its result is kept for the life of this process. */
const probes = new WeakMap<Agent, Promise<boolean>>();

function isInstalled(agent: Agent): Promise<boolean> {
  const asked = probes.get(agent) ?? agent.probe().then((probe) => probe.isInstalled);
  probes.set(agent, asked);
  return asked;
}

export async function installedOf(agents: readonly Agent[]): Promise<Agent[]> {
  const probed = await Promise.all(
    agents.map(async (agent) => ({ agent, isThere: await isInstalled(agent) })),
  );
  return probed.filter(({ isThere }) => isThere).map(({ agent }) => agent);
}
