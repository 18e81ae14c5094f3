// How Codex is started: without questions and without its own sandbox (Moose's worktree and gateway are the limits),
// and only with our settings (R-BUD-6, R-SEC-4). Every flag was measured on the tested version.

import { join } from 'node:path';
import type { AgentCommand, AgentTask } from '../../engine/ports/agent.ts';
import { baseEnvironment } from '../environment.ts';
import { writeOwnFile } from '../home-files.ts';
import { requireProgram, startOf } from '../program.ts';
import { writePrompt } from '../prompt.ts';
import { serversOf } from '../servers.ts';
import { requireGateway, requireModel } from '../task.ts';
import type { CodexSettings } from './agent.ts';
import { findConversation } from './conversation.ts';
import { codexProgram } from './program.ts';
import { codexSettings, keyVariable } from './settings.ts';

/** Run the process with the worktree as its current directory. */
export async function prepareCodex(task: AgentTask, settings: CodexSettings): Promise<AgentCommand> {
  const { title } = codexProgram;
  const program = requireProgram(codexProgram, settings);
  const model = requireModel(task, title);
  const gateway = requireGateway(task, title);
  const codexHome = join(task.homePath, '.codex');
  // The home outlives a session, and sessions can write there.
  await writeOwnFile(task.homePath, join('.codex', 'config.toml'), '');
  await writeOwnFile(task.homePath, join('.codex', '.env'), '');
  // Codex reads AGENTS.md by itself.
  const prompt = await writePrompt(task, { instructionFiles: ['CLAUDE.md'] });
  const resumed = await findConversation(codexHome);
  const argv: [string, ...string[]] = [
    ...startOf(program),
    'exec',
    ...(resumed === null ? [] : ['resume']),
    '--json',
    '--skip-git-repo-check',
    '--dangerously-bypass-approvals-and-sandbox',
    '--ignore-user-config',
    '--ignore-rules',
    '-m',
    model,
    ...codexSettings(gateway, settings.retriesMax, task.powers && serversOf(task, [keyVariable])),
    ...(resumed === null ? [] : [resumed]),
    prompt,
  ];
  const base = await baseEnvironment(task, settings.searchPath);
  return { argv, env: { ...base, CODEX_HOME: codexHome, [keyVariable]: gateway.key } };
}
