// The arms for the next try of a work order that limits, settings, people and the machine allow. The static rule's own
// choice comes first (R-LRN-4).
import { createHash } from 'node:crypto';
import { noUsage } from '../../../domain/agents/model-call.ts';
import { costAt } from '../../../domain/agents/price.ts';
import { usdNumber } from '../../../domain/money.ts';
import type { OfferedArm } from '../../learner/arm-question.ts';
import type { Agent } from '../../ports/agent.ts';
import type { Work } from '../../run/work.ts';
import { installedOf } from '../../workplace/agents/installed-agents.ts';
import { loginOf } from '../../workplace/login/session-way.ts';
import { composeBrief, proposerSystem } from '../models/compose-prompt.ts';
import { canCall } from '../models/fitting-model.ts';

/** The tokens of an average work order, to compare prices: for an agent that calls models, and for a Proposer. */
const tokensOfAgent = { ...noUsage, inputTokens: 60_000, cacheReadTokens: 300_000, outputTokens: 12_000 };
const tokensOfProposer = { ...noUsage, inputTokens: 20_000, outputTokens: 4_000 };

export function armOf(work: Pick<Work, 'model'>, agent: Agent, name: string, effort?: string): OfferedArm {
  const { price } = work.model(name);
  const tokens = agent.writesCode ? tokensOfAgent : tokensOfProposer;
  return {
    agent: agent.name,
    model: name,
    prompt: promptOf(agent),
    effort,
    priceVersion: price.version,
    costHintUsd: usdNumber(costAt(price.steps[0], tokens)),
  };
}

/** Installed agents that a person has listed as fallbacks may be used too; one with a login has no choice of models. */
export async function armsOnOffer(
  work: Work,
  {
    agent,
    models,
    isAgentFixed,
    limitUsd,
  }: {
    agent: Agent;
    models: readonly string[];
    isAgentFixed: boolean;
    /** The limit of the work order, whoever set it; null: nobody did. */
    limitUsd: number | null;
  },
): Promise<OfferedArm[]> {
  const { settings, project } = work;
  const others = isAgentFixed
    ? []
    : settings.fallbackAgents
        .flatMap((name) => work.agents.get(name) ?? [])
        .filter((each) => each !== agent && loginOf(settings, each, project.settings) === null);
  const arms = [agent, ...(await installedOf(others))].flatMap((each) =>
    models
      .filter((name) => canCall(each, work.model(name)))
      .flatMap((name) =>
        [undefined, ...effortsOf(settings, each, name)].map((effort) => armOf(work, each, name, effort)),
      ),
  );
  return arms.filter(
    ({ costHintUsd }, index) => index === 0 || limitUsd === null || (costHintUsd ?? 0) <= limitUsd,
  );
}

/** OpenAI refuses an effort for its models that do not think. */
const withoutEffort = /\/(?:chatgpt-4|gpt-(?:3\.5|4))/;

/** The efforts of the settings that the agent can pass on, and that the model accepts. */
function effortsOf({ efforts }: Work['settings'], agent: Agent, model: string): string[] {
  if (withoutEffort.test(model)) return [];
  return (agent.efforts ?? []).filter((effort) => efforts.includes(effort));
}

/** Changes whenever the instructions for the agent or the model change. */
function promptOf({ writesCode }: Agent): string {
  const text = writesCode ? composeBrief('', ['']) : proposerSystem;
  return createHash('sha256').update(text).digest('hex').slice(0, 6);
}
