// Unknown names are refused at submission, not when the work order starts.
import { ConfigurationError, type MooseError } from '../../domain/failure.ts';
import type { EngineSettings } from '../policy/engine-settings.ts';
import type { AgentLogin } from '../ports/agent.ts';
import type { Wish } from './refuse-lacking.ts';

export interface KnownNames {
  agentNames: readonly string[];
  /** @throws ConfigurationError for a name that no configured provider has */
  assertModel(name: string): Promise<void>;
  /** Whether the agent itself calls models; if absent, this is unknown. */
  callsModels?(agentName: string): boolean;
  /** How the agent uses a person's login; undefined if it cannot. */
  loginOf?(agentName: string): AgentLogin | undefined;
  /** Whether the provider can be called from here; if absent, none can. */
  hasKey?(provider: string): Promise<boolean>;
  /** What this machine lacks for such a work order; null if nothing. If absent, this is unknown. */
  lacks?(wish: Wish, settings: EngineSettings): Promise<MooseError | null>;
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
  return new ConfigurationError({
    code: 'AGENT_UNKNOWN',
    component: 'pipeline',
    operation: 'choose agent',
    message: `There is no agent called "${name}"${where === undefined ? '' : `, which ${where} names`}.`,
    advice: `Choose one of: ${agentNames.join(', ')}.`,
  });
}
