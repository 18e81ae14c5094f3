// Unknown names are refused at submission, not when the work order starts.

import type { Abilities } from '../../domain/abilities.ts';
import type { ConfigurationError, MooseError } from '../../domain/failure.ts';
import type { EngineSettings } from '../policy/engine-settings.ts';
import type { AgentLogin, AgentProbe } from '../ports/agent.ts';
import { commandFailures } from './failure-catalogue.ts';
import type { AgentChoice } from './refuse-lacking.ts';

export interface KnownNames {
  agentNames: readonly string[];
  /** @throws ConfigurationError for a name that no configured provider has */
  assertModel(name: string): Promise<void>;
  /** Whether the agent itself calls models; if absent, this is unknown. */
  callsModels?(agentName: string): boolean;
  /** How the agent uses a person's login; undefined if it cannot. */
  loginOf?(agentName: string): AgentLogin | undefined;
  /** Whether this machine has the agent's program, and which version; if absent, it has none. */
  probe?(agentName: string): Promise<AgentProbe>;
  /** Whether the provider can be called from here; if absent, none can. */
  hasKey?(provider: string): Promise<boolean>;
  /** What this process can do; if absent, this is unknown. */
  abilities?(settings: EngineSettings): Promise<Abilities>;
  /** What this machine lacks for such a work order; null if nothing. If absent, this is unknown. */
  lacks?(wish: AgentChoice, settings: EngineSettings): Promise<MooseError | null>;
}

/** @throws ConfigurationError `AGENT_UNKNOWN`, and the errors of `assertModel` */
export async function refuseUnknown(
  { agentNames, assertModel }: KnownNames,
  { agent, model }: { agent?: string | undefined; model?: string | undefined },
): Promise<void> {
  if (agent && !agentNames.includes(agent)) throw unknownAgent(agent, agentNames);
  if (model) await assertModel(model);
}

/** @param where - the place that names the agent, if it was not named by the person who reads this */
export function unknownAgent(
  name: string,
  agentNames: readonly string[],
  where?: string,
): ConfigurationError {
  return commandFailures.AGENT_UNKNOWN('choose agent', {
    name,
    namedBy: where === undefined ? '' : `, which ${where} names`,
    agentNames: agentNames.join(', '),
  });
}
