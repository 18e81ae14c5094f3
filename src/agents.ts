// The agents that this Moose knows, by name.
import { join } from 'node:path';
import { createClaudeCode } from './agents/claude-code/agent.ts';
import { createPatch } from './agents/patch/agent.ts';
import type { Config } from './config.ts';
import type { Agent } from './engine/ports/agent.ts';

export function createAgents(config: Config): ReadonlyMap<string, Agent> {
  const { programPath, baseUrl, apiKey } = config.claudeCode;
  const agents = [
    createPatch({ compileCachePath: join(config.dataDirectory, 'cache', 'node') }),
    createClaudeCode({
      ...(programPath ? { programPath } : {}),
      // Agents build and test with the machine's own tools, as the project's checks do.
      ...(config.engine.checkEnvironment.PATH ? { searchPath: config.engine.checkEnvironment.PATH } : {}),
      baseUrl,
      apiKey,
    }),
  ];
  return new Map(agents.map((agent) => [agent.name, agent]));
}
