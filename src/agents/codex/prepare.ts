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
import { findConversation } from './conversation.ts';
import { linkLogin, loginSettings } from './login.ts';
import type { CodexSettings } from './options.ts';
import { codexProgram } from './program.ts';
import { codexSettings, everySetting, keyVariable } from './settings.ts';

/** Run the process with the worktree as its current directory. */
export async function prepareCodex(task: AgentTask, settings: CodexSettings): Promise<AgentCommand> {
  const { title } = codexProgram;
  const program = requireProgram(codexProgram, settings);
  const { loginPath } = task;
  // Without a requested model, Codex chooses the one that fits the subscription.
  const model = loginPath !== undefined && task.model === null ? null : requireModel(task, title);
  const gateway = loginPath === undefined ? requireGateway(task, title) : null;
  const codexHome = join(task.homePath, '.codex');
  // The home outlives a session, and sessions can write there.
  await writeOwnFile(task.homePath, join('.codex', 'config.toml'), '');
  await writeOwnFile(task.homePath, join('.codex', '.env'), '');
  await linkLogin(task.homePath, loginPath);
  // Codex reads AGENTS.md by itself.
  const prompt = await writePrompt(task, { instructionFiles: ['CLAUDE.md'] });
  // With a login, only the program counts its usage, and its count covers a resumed conversation from its start.
  const resumed = gateway === null ? null : await findConversation(codexHome);
  const servers = serversOf(task, [keyVariable]);
  // With the instructions of a trusted project, Codex does not read the worktree's AGENTS.md by itself.
  const readsOwn = task.assets === undefined;
  const argv: [string, ...string[]] = [
    ...startOf(program),
    'exec',
    ...(resumed === null ? [] : ['resume']),
    '--json',
    '--skip-git-repo-check',
    '--dangerously-bypass-approvals-and-sandbox',
    '--ignore-user-config',
    '--ignore-rules',
    ...(model === null ? [] : ['-m', model]),
    ...(gateway === null
      ? [...everySetting({ servers, readsOwn }), ...loginSettings]
      : codexSettings(gateway, settings.retriesMax, { servers, readsOwn })),
    ...(task.effort === undefined ? [] : ['-c', `model_reasoning_effort="${task.effort}"`]),
    ...(resumed === null ? [] : [resumed]),
    prompt,
  ];
  const base = await baseEnvironment(task, settings.searchPath);
  const env = { ...base, CODEX_HOME: codexHome };
  if (gateway !== null) return { argv, env: { ...env, [keyVariable]: gateway.key } };
  return { argv, env, writes: loginPath === undefined ? [] : [loginPath] };
}
