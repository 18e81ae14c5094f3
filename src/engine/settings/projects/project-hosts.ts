// The hosts that a person grants a project: for its agents, and at private addresses (R-SEC-6).

import { readEgressEntry } from '../../../domain/machine/egress.ts';
import { addedHosts } from '../../../domain/machine/egress-consent.ts';
import type { ProjectSettings } from '../../../domain/work-order/work-order.ts';
import type { ProjectChange } from './ask-projects.ts';
import { projectFailures } from './failure-catalogue.ts';

type HostChange = Pick<ProjectChange, 'agentHosts' | 'privateHosts'>;
interface Hosts {
  agent_hosts: string[] | null;
  private_hosts: string[] | null;
}

export function hostsOf({ agent_hosts = undefined, private_hosts = undefined }: ProjectSettings): Hosts {
  return { agent_hosts: agent_hosts ?? null, private_hosts: private_hosts ?? null };
}

/** Returns only what changes; null removes it. */
export function hostSettings({ agentHosts, privateHosts }: HostChange): Partial<Hosts> {
  return {
    ...(agentHosts === undefined ? {} : { agent_hosts: listOf(agentHosts) }),
    ...(privateHosts === undefined ? {} : { private_hosts: listOf(privateHosts) }),
  };
}

const listOf = (hosts: readonly string[] | null) =>
  hosts === null ? null : [...new Set(hosts.map((host) => host.trim().toLowerCase()))];

/** The hosts that a change newly grants, in words; whoever confirms it must see each. */
export function widenedHosts(now: Hosts & { name: string }, change: HostChange): string[] {
  const forAgents = addedHosts(now.agent_hosts, change.agentHosts).join(', ');
  const forChecks = addedHosts(now.private_hosts, change.privateHosts).join(', ');
  return [
    ...(forAgents === '' ? [] : [`letting agents of ${now.name} reach ${forAgents}`]),
    ...(forChecks === ''
      ? []
      : [`letting setup and checks of ${now.name} reach ${forChecks}, also at private addresses`]),
  ];
}

/** @throws PermanentError `EGRESS_HOST_INVALID` */
export function assertHosts(hosts: readonly string[]): void {
  const wrong = hosts.find((host) => readEgressEntry(host, { isPrivate: false }) === null);
  if (wrong === undefined) return;
  throw projectFailures.EGRESS_HOST_INVALID('change', { wrong: JSON.stringify(wrong) });
}
