// The default limits for an agent's work orders: `moose init` proposes them, and the time applies if nobody sets
// another (R-PROJ-8).
import { durationMs } from '../../domain/text/duration.ts';
import { commandName, workOrderLimits } from '../../domain/work-order/work-order.ts';

export interface AgentDefaults {
  /** A duration, as in `.moose/config.yml`. */
  time: string;
  limitUsd: number;
}

/** The preferred agent comes first. Agents that read, write and test by themselves need more time than one model call. */
const known: Readonly<Record<string, AgentDefaults>> = {
  'claude-code': { time: '45m', limitUsd: 5 },
  codex: { time: '45m', limitUsd: 5 },
  opencode: { time: '45m', limitUsd: 5 },
  'gemini-cli': { time: '45m', limitUsd: 5 },
  'qwen-code': { time: '45m', limitUsd: 5 },
  pi: { time: '45m', limitUsd: 5 },
  aider: { time: '30m', limitUsd: 3 },
  patch: { time: '5m', limitUsd: 1 },
  [commandName]: { time: '30m', limitUsd: 0 },
};

export function defaultsOfAgent(name: string): AgentDefaults {
  return known[name] ?? { time: '45m', limitUsd: 5 };
}

/** The time limit of the agent if nobody sets one. */
export function defaultTimeMs(name: string): number {
  return durationMs(known[name]?.time ?? '') ?? workOrderLimits.timeLimitMsDefault;
}

/** The cost limit with this agent for a work order without its own limit; null if its difficulty decides. */
export function defaultLimitUsd(name: string): number | null {
  return name === 'patch' ? null : (known[name]?.limitUsd ?? null);
}

/** The agent to propose; null if none of these is installed. */
export function preferredAgent(installed: readonly string[]): string | null {
  return Object.keys(known).find((name) => name !== 'patch' && installed.includes(name)) ?? null;
}
