// Unknown names are rejected on submission, not when the work order starts.
import { ConfigurationError, type MooseError } from '../../domain/failure.ts';
import type { EngineSettings } from '../policy/engine-settings.ts';
import type { Wish } from './refuse-lacking.ts';

export interface KnownNames {
  agentNames: readonly string[];
  /** @throws ConfigurationError for a model that no worker could call, whatever its keys. */
  assertModel(name: string): Promise<void>;
  /** Whether the agent calls models itself. Left out: nobody knows. */
  callsModels?(agentName: string): boolean;
  /** Whether the provider can be called from here. Left out: none can. */
  hasKey?(provider: string): Promise<boolean>;
  /** What this machine lacks for such a work order; null: it could do it. Left out: nobody knows. */
  lacks?(wish: Wish, settings: EngineSettings): Promise<MooseError | null>;
}

/** @throws ConfigurationError `AGENT_UNKNOWN`, and what `assertModel` throws */
export async function refuseUnknown(
  { agentNames, assertModel }: KnownNames,
  { agent, model }: { agent?: string | undefined; model?: string | undefined },
): Promise<void> {
  if (agent && !agentNames.includes(agent)) throw unknownAgent(agent, agentNames);
  if (model) await assertModel(model);
}

export function unknownAgent(name: string, agentNames: readonly string[]): ConfigurationError {
  return new ConfigurationError({
    code: 'AGENT_UNKNOWN',
    component: 'pipeline',
    operation: 'choose agent',
    message: `There is no agent called "${name}".`,
    advice: `Choose one of: ${agentNames.join(', ')}.`,
  });
}
