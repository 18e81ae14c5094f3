// Checks what an agent's session needs besides its worktree, before it starts (R-SES-4). Keys are checked in the
// gateway, and disk space when the session gets its slot (`pressure`).

import { lstat, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { agentFailures } from '../../../domain/agents/agent-failure-catalogue.ts';
import type { ConfigurationError } from '../../../domain/failure.ts';
import type { Agent } from '../../ports/agent.ts';

/** @throws ConfigurationError AGENT_PROGRAM_MISSING */
export async function assertInstalled(agent: Agent): Promise<void> {
  const lack = await missingProgram(agent);
  if (lack) throw lack;
}

export async function missingProgram(
  agent: Pick<Agent, 'name' | 'probe'>,
): Promise<ConfigurationError | null> {
  const probe = await agent.probe();
  if (probe.isInstalled) return null;
  return agentFailures.AGENT_PROGRAM_MISSING_HERE(
    { operation: 'probe', metadata: { agent: agent.name } },
    {
      name: agent.name,
      advice: probe.advice ?? 'Install it, or choose another with --agent; `moose doctor` lists the agents.',
    },
  );
}

/** Files in which repositories keep instructions for agents; all of them are optional. */
const instructionFiles = ['AGENTS.md', 'CLAUDE.md', 'GEMINI.md', 'QWEN.md'];
/** A longer file is of no use to any model, and all of it would be paid for with every call. */
const instructionBytesMax = 1024 * 1024;

/** @throws ConfigurationError AGENT_INSTRUCTIONS_UNUSABLE for an existing file that the agent could not read */
export async function assertInstructions(worktreePath: string): Promise<void> {
  for (const name of instructionFiles) {
    const problem = await problemOf(worktreePath, name);
    if (problem === null) continue;
    throw agentFailures.AGENT_INSTRUCTIONS_UNUSABLE(
      { operation: 'prepare', metadata: { file: name } },
      { name, problem },
    );
  }
}

async function problemOf(worktreePath: string, name: string): Promise<string | null> {
  const path = join(worktreePath, name);
  const link = await lstat(path).catch(() => null);
  if (link === null) return null;
  const real = await realpath(path).catch(() => null);
  if (real === null) return 'are a broken link';
  if (!real.startsWith((await realpath(worktreePath)) + sep))
    return 'are a link to a path outside the repository';
  const { size, isFile } = await stat(real).then((found) => ({ size: found.size, isFile: found.isFile() }));
  if (!isFile) return 'are not a file';
  if (size > instructionBytesMax) return `have ${size} bytes; the limit is ${instructionBytesMax}`;
  return null;
}
