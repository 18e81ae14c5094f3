// Which names of agents and models are valid, and which are available to this process.

import type { Abilities, Lack, LimitsOfMachine } from '../domain/agents/abilities.ts';
import { isMooseError, type MooseError } from '../domain/failure.ts';
import type { AgentChoice, KnownNames } from '../engine/commands/submit/agent-choice.ts';
import { missingProgram } from '../engine/pipeline/applying/preflight.ts';
import { canCall, noModelConfigured, unfit } from '../engine/pipeline/models/fitting-model.ts';
import type { EngineSettings } from '../engine/policy/engine-settings.ts';
import type { Agent } from '../engine/ports/agent.ts';
import { loginOf } from '../engine/workplace/login/session-way.ts';
import { createModel } from '../models/catalog.ts';
import { upstreamsOf } from '../models/providers.ts';
import { probeLimits } from '../sessions/limits/probe-limits.ts';
import type { PriceBook } from '../store/money/price-book.ts';
import { createAgents } from './agents.ts';
import type { Config } from './config/config.ts';

/**
 * Error codes of invalid names. A missing key or address is not among them: it may exist on the machine that does the
 * work.
 */
const meaningless = new Set(['MODEL_NAME_INVALID', 'MODEL_PROVIDER_UNKNOWN', 'MODEL_UNPRICED']);

export function knownNames(
  config: Config,
  prices: PriceBook,
): KnownNames & Required<Pick<KnownNames, 'abilities'>> {
  const agents = createAgents(config);
  return {
    agentNames: [...agents.keys()],
    callsModels: (name) => (agents.get(name)?.wires.length ?? 0) > 0,
    loginOf: (name) => agents.get(name)?.login,
    transcriptOf: (name) => agents.get(name)?.transcript,
    probe: async (name) => (await agents.get(name)?.probe()) ?? notThere,
    hasKey: async (provider) => upstreamsOf(config.models).has(provider),
    assertModel: async (name) => {
      const price = await prices.priceOf(name);
      try {
        createModel(name, config.models, () => price);
      } catch (cause) {
        if (!isMooseError(cause) || meaningless.has(cause.code)) throw cause;
      }
    },
    abilities: (settings) => abilitiesOf(config, prices, agents, settings),
    lacks: async (wish, settings) =>
      (await missingAgent(agents, wish, settings)) ?? missingModel(config, prices, agents, wish, settings),
  };
}

const notThere = { isInstalled: false, version: null, testedVersion: null, advice: null };

type Agents = ReadonlyMap<string, Agent>;

/** If no agent was requested, any installed fallback will do. */
async function missingAgent(
  agents: Agents,
  { agent: wanted }: AgentChoice,
  { defaultAgent, fallbackAgents }: EngineSettings,
): Promise<MooseError | null> {
  const names = wanted ? [wanted] : [defaultAgent, ...fallbackAgents];
  const asked = names.flatMap((name) => agents.get(name) ?? []);
  let first: MooseError | null = null;
  for (const agent of asked) {
    const lack = await missingProgram(agent);
    if (lack === null) return null;
    first ??= lack;
  }
  return first;
}

async function abilitiesOf(
  config: Config,
  prices: PriceBook,
  agents: Agents,
  settings: EngineSettings,
): Promise<Abilities> {
  const lacks: Record<string, Lack> = {};
  for (const name of agents.keys()) {
    const lack = await missingModel(config, prices, agents, { agent: name }, settings);
    if (lack !== null) lacks[name] = { code: lack.code, message: lack.message, advice: lack.advice ?? '' };
  }
  const logins = [...agents.values()].filter((agent) => loginOf(settings, agent) !== null);
  return {
    providers: [...upstreamsOf(config.models).keys()],
    logins: logins.map(({ name }) => name),
    lacks,
    limits: await reportedLimits(settings),
  };
}

async function reportedLimits({ sessionLimits }: EngineSettings): Promise<LimitsOfMachine> {
  if (sessionLimits === 'off') return { level: 'none', reason: 'Limits are turned off.' };
  const { level, reason } = await probeLimits();
  return { level, reason };
}

/** As in routing, any of the models will do unless one was requested. */
async function missingModel(
  config: Config,
  prices: PriceBook,
  agents: Agents,
  { agent: wanted, model, login }: AgentChoice,
  { defaultAgent, models, logins }: EngineSettings,
): Promise<MooseError | null> {
  const agent = agents.get(wanted ?? defaultAgent);
  // With a subscription, the program chooses its model; a requested one is checked when the work order starts.
  if (agent !== undefined && loginOf({ logins }, agent, login === undefined ? {} : { login }) !== null)
    return null;
  const names = model ? [model] : [...new Set([...models.light, ...models.standard, ...models.strong])];
  let first: MooseError | null = null;
  for (const name of names) {
    try {
      const price = await prices.priceOf(name);
      const found = createModel(name, config.models, () => price);
      if (agent === undefined || canCall(agent, found)) return null;
      first ??= unfit(agent, name);
    } catch (cause) {
      if (!isMooseError(cause) || cause.category !== 'configuration') throw cause;
      first ??= cause;
    }
  }
  return first ?? noModelConfigured();
}
