// Unknown names are rejected on submission, not when the work order starts.
import { ConfigurationError, type MooseError } from '../../domain/failure.ts';
import type { EngineSettings } from '../policy/engine-settings.ts';
import type { Wish } from './refuse-lacking.ts';

export interface KnownNames {
  agentNames: readonly string[];
  /** A difference freezes nothing automatically: a person looks at it. */
  assertModel(name: string): Promise<void>;
  /** Whether the agent calls models itself. Absent: unknown. */
  callsModels?(agentName: string): boolean;
  /** Whether the provider can be called from here. Absent: none can. */
  hasKey?(provider: string): Promise<boolean>;
  /** What this machine lacks for such a work order; null: nothing. Absent: unknown. */
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

/** @param where - who names it, if that is not the person who reads this */
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
