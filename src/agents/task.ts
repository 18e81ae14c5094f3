// Checks that a task has everything that a self-coding agent needs, before anything is started.

import { ConfigurationError, PermanentError } from '../domain/failure.ts';
import { nanoUsdPerUsd } from '../domain/money.ts';
import type { AgentGateway, AgentTask } from '../engine/ports/agent.ts';

const origin = { component: 'agents', operation: 'prepare' } as const;

/**
 * `provider/model` → `model`: the gateway's URL already names the provider.
 * @throws MooseError `AGENT_MODEL_MISSING`
 */
export function requireModel({ model }: Pick<AgentTask, 'model'>, title: string): string {
  const name = model?.slice(model.indexOf('/') + 1) ?? '';
  // A name that begins with a dash would be an option.
  if (name !== '' && !name.startsWith('-')) return name;
  throw new ConfigurationError({
    ...origin,
    code: 'AGENT_MODEL_MISSING',
    message: `${title} needs a model, but was given ${JSON.stringify(model)}.`,
    advice: 'Set a model for this agent, as `provider/model`.',
  });
}

/** @throws MooseError `AGENT_GATEWAY_MISSING` */
export function requireGateway({ gateway }: Pick<AgentTask, 'gateway'>, title: string): AgentGateway {
  if (gateway !== null) return gateway;
  throw new ConfigurationError({
    ...origin,
    code: 'AGENT_GATEWAY_MISSING',
    message: `${title} was given no access to its model.`,
    advice: 'Choose a model whose provider speaks a protocol of this agent.',
  });
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
  throw new PermanentError({
    ...origin,
    code: 'AGENT_BUDGET',
    failureClass: 'budget_exceeded',
    message: `The spending limit is used up, so ${title} was not started.`,
    advice: "Raise the work order's limit, or cancel it.",
  });
}
