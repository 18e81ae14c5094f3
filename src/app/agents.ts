// Creates the agents that this Moose knows, by name.
import { join } from 'node:path';
import { createAcpAgent } from '../agents/acp/agent.ts';
import { readAcpEntries } from '../agents/acp/entry.ts';
import { createAider } from '../agents/aider/agent.ts';
import { createClaudeCode } from '../agents/claude-code/agent.ts';
import { createCodex } from '../agents/codex/agent.ts';
import { createGeminiCli } from '../agents/gemini-cli/agent.ts';
import { createOpenCode } from '../agents/opencode/agent.ts';
import { createPatch } from '../agents/patch/agent.ts';
import { createPi } from '../agents/pi/agent.ts';
import type { ProgramPlace } from '../agents/program.ts';
import { createQwenCode } from '../agents/qwen-code/agent.ts';
import { commandName } from '../domain/work-order/work-order.ts';
import type { Agent } from '../engine/ports/agent.ts';
import type { Config } from './config/config.ts';

/** The agents that run a third-party program, by the name of the agent. */
const programAgents: Readonly<Record<string, (place: Partial<ProgramPlace>) => Agent>> = {
  'claude-code': createClaudeCode,
  codex: createCodex,
  opencode: createOpenCode,
  'gemini-cli': createGeminiCli,
  'qwen-code': createQwenCode,
  pi: createPi,
  aider: createAider,
};

/** @throws ConfigurationError if the file with more agents cannot be read */
export function createAgents(config: Config): ReadonlyMap<string, Agent> {
  // Agents build and test with the tools of the machine, as the checks of the project do.
  const { PATH } = config.engine.checkEnvironment;
  const place = PATH ? { searchPath: PATH } : {};
  const { acpAgentsPath: entriesPath } = config;
  const entries = entriesPath
    ? readAcpEntries(entriesPath, ['patch', commandName, ...Object.keys(programAgents)])
    : new Map<string, never>();
  const agents = [
    createPatch({ compileCachePath: join(config.dataDirectory, 'cache', 'node') }),
    ...Object.entries(programAgents).map(([name, create]) =>
      create({ programPath: config.agentPaths[name] ?? null, ...place }),
    ),
    ...[...entries].map(([name, entry]) =>
      createAcpAgent(name, entry, { entriesPath: entriesPath ?? '', ...place }),
    ),
  ];
  return new Map(agents.map((agent) => [agent.name, agent]));
}
