// Checks that a task has everything that a self-coding agent needs, before anything is started.

import { agentFailures } from '../domain/agents/agent-failure-catalogue.ts';
import { nanoUsdPerUsd } from '../domain/money.ts';
import type { AgentGateway, AgentTask } from '../engine/ports/agent.ts';

const origin = { operation: 'prepare' } as const;

/**
 * `provider/model` → `model`: the gateway's URL already names the provider.
 * @throws MooseError `AGENT_MODEL_MISSING`
 */
export function requireModel({ model }: Pick<AgentTask, 'model'>, title: string): string {
  const name = model?.slice(model.indexOf('/') + 1) ?? '';
  // A name that begins with a dash would be an option.
  if (name !== '' && !name.startsWith('-')) return name;
  throw agentFailures.AGENT_MODEL_MISSING(origin, { title, model: JSON.stringify(model) });
}

/** @throws MooseError `AGENT_GATEWAY_MISSING` */
export function requireGateway({ gateway }: Pick<AgentTask, 'gateway'>, title: string): AgentGateway {
  if (gateway !== null) return gateway;
  throw agentFailures.AGENT_GATEWAY_MISSING_AT_ALL(origin, { title });
}

/** A decimal number of dollars, exact. @throws MooseError `AGENT_BUDGET` if nothing is left */
export function requireSpendLimitUsd(
  { spendLimitNanoUsd }: Pick<AgentTask, 'spendLimitNanoUsd'>,
  title: string,
): string {
  if (spendLimitNanoUsd > 0n) {
    const fraction = (spendLimitNanoUsd % nanoUsdPerUsd).toString().padStart(9, '0');
    return `${spendLimitNanoUsd / nanoUsdPerUsd}.${fraction}`;
  }
  throw agentFailures.AGENT_BUDGET(origin, { title });
}
