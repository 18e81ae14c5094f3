// Which hosts `moose project set` gives to a project. Pure.
import type { Project, ProjectValuesView } from '../../contract/contract.ts';
import type { ProjectChange } from '../../engine/settings/projects/ask-projects.ts';

interface HostFlags {
  agentHost?: string[];
  privateHost?: string[];
  confirmHosts?: true;
}

/** `values`: the hosts that the file asks for now; null if the person does not confirm them. */
export function hostChange(
  now: Pick<Project, 'agent_hosts' | 'private_hosts'>,
  { agentHost, privateHost }: HostFlags,
  values: Pick<ProjectValuesView, 'unconfirmed_hosts'> | null,
): Pick<ProjectChange, 'agentHosts' | 'privateHosts'> {
  const { agents = [], private: privates = [] } = values?.unconfirmed_hosts ?? {};
  const agentHosts = together(now.agent_hosts, agentHost, agents);
  const privateHosts = together(now.private_hosts, privateHost, privates);
  return {
    ...(agentHosts === null ? {} : { agentHosts }),
    ...(privateHosts === null ? {} : { privateHosts }),
  };
}

/** Null if nothing changes. */
function together(
  now: readonly string[] | null,
  given: readonly string[] | undefined,
  confirmed: readonly string[],
): string[] | null {
  if (given === undefined && confirmed.length === 0) return null;
  const kept = given?.includes('none') ? [] : (now ?? []);
  const added = (given ?? []).filter((host) => host !== 'none');
  return [...new Set([...kept, ...added, ...confirmed])];
}

export const agentHostOption = [
  '--agent-host <host>',
  'allow agents to reach this host, in addition to the gateway and the hosts already allowed; repeatable; "none": remove all hosts',
  (one: string, all: string[] = []) => [...all, one],
] as const;

export const privateHostOption = [
  '--private-host <host>',
  'allow setup and checks to reach this host, even at a private address, in addition to the hosts already allowed; repeatable; "none": remove all hosts',
  (one: string, all: string[] = []) => [...all, one],
] as const;
