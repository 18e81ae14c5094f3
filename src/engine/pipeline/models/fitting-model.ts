// Finds the models that an agent can call: those whose provider supports one of the agent's protocols.
import { agentFailures } from '../../../domain/agents/agent-failure-catalogue.ts';
import type { WireName } from '../../../domain/agents/model-call.ts';
import type { ConfigurationError } from '../../../domain/failure.ts';
import type { Agent, AgentLogin } from '../../ports/agent.ts';
import type { Model } from '../../ports/model.ts';
import type { Work } from '../../run/work.ts';
import { pipelineFailures } from '../failure-catalogue.ts';

type Speaker = Pick<Agent, 'name' | 'wires'>;

/**
 * The first of the agent's protocols that the provider also supports; null if the agent calls no model, or cannot call
 * this one.
 */
export function sharedWire({ wires }: Speaker, model: Pick<Model, 'wires'>): WireName | null {
  return wires.find((wire) => model.wires.includes(wire)) ?? null;
}

/** Moose itself can call every model. */
export function canCall(agent: Speaker, model: Pick<Model, 'wires'>): boolean {
  return agent.wires.length === 0 || sharedWire(agent, model) !== null;
}

/** @throws ConfigurationError `AGENT_MODEL_UNFIT` if the agent can call none of the models */
export function firstFitting(work: Work, agent: Speaker, names: readonly string[]): string | null {
  const fitting = names.find((name) => canCall(agent, work.model(name)));
  if (fitting !== undefined || agent.wires.length === 0) return fitting ?? null;
  throw unfit(agent, names[0] ?? null);
}

/**
 * Without a named model, the program's own default applies: the one that fits the subscription.
 * @throws ConfigurationError `AGENT_MODEL_UNFIT` if a model of another provider is named
 */
export function modelsForLogin(
  { name: agent }: Pick<Agent, 'name'>,
  { provider }: AgentLogin,
  model: string | null,
): string[] {
  if (model === null) return [];
  if (model.startsWith(`${provider}/`)) return [model];
  throw agentFailures.AGENT_MODEL_UNFIT('prepare', { agent, provider, model });
}

export function unfit({ name, wires }: Speaker, model: string | null): ConfigurationError {
  return agentFailures.AGENT_MODEL_UNFIT_WIRES('prepare', {
    name,
    wires: wires.join(' and '),
    model: model ?? 'an unnamed model',
  });
}

export function noModelConfigured(): ConfigurationError {
  return pipelineFailures.NO_MODEL('routing');
}
