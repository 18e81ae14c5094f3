// The agents that this Moose knows, by name.
import { createClaudeCode } from './agents/claude-code/agent.ts';
import { createPatch } from './agents/patch/agent.ts';
import type { Config } from './config.ts';
import type { Agent } from './engine/ports/agent.ts';

export function createAgents(config: Config): ReadonlyMap<string, Agent> {
  const { programPath, baseUrl, apiKey } = config.claudeCode;
  const agents = [
    createPatch(),
    createClaudeCode({ ...(programPath ? { programPath } : {}), baseUrl, apiKey }),
  ];
  return new Map(agents.map((agent) => [agent.name, agent]));
}
