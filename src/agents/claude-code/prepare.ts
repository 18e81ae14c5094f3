// How Claude Code is started: without questions, only with our settings, and with no way to its model except the
// gateway, or the login of a person (R-BUD-6, R-SEC-4, R-PROJ-9). Every flag was measured on the tested version.

import { join } from 'node:path';
import type { AgentCommand, AgentGateway, AgentServer, AgentTask } from '../../engine/ports/agent.ts';
import { baseEnvironment } from '../environment.ts';
import { writeOwnFile } from '../home-files.ts';
import { requireProgram, startOf } from '../program.ts';
import { writePrompt } from '../prompt.ts';
import { serverCallMs, serverStartMs, serversOf } from '../servers.ts';
import { requireGateway, requireModel, requireSpendLimitUsd } from '../task.ts';
import { chooseConversation } from './conversation.ts';
import type { ClaudeCodeSettings } from './options.ts';
import { claudeCodeProgram } from './program.ts';

/**
 * The allowed tools. Not included: tools that reach other sessions or the web, schedule work, start subagents, or make
 * worktrees.
 */
const tools = 'Bash,Edit,Glob,Grep,NotebookEdit,Read,Write';

/** Run the process with the worktree as its current directory. */
export async function prepareClaudeCode(
  task: AgentTask,
  settings: ClaudeCodeSettings,
): Promise<AgentCommand> {
  const { title } = claudeCodeProgram;
  const program = requireProgram(claudeCodeProgram, settings);
  const { loginPath } = task;
  // Without a requested model, Claude Code chooses the one that fits the subscription.
  const model = loginPath !== undefined && task.model === null ? null : requireModel(task, title);
  // The home outlives a session, and sessions can write there, so the user settings in it are replaced by ours.
  await writeOwnFile(task.homePath, join('.claude', 'settings.json'), '{}\n');
  // Project settings are off, so Claude Code does not read these files by itself.
  const prompt = await writePrompt(task, { instructionFiles: ['CLAUDE.md', 'AGENTS.md'] });
  const conversation = await chooseConversation(task.homePath, settings.newSessionId);
  const servers = serversOf(task, ['ANTHROPIC_API_KEY']);
  const argv: [string, ...string[]] = [
    ...startOf(program),
    '-p',
    prompt,
    '--output-format',
    'stream-json',
    '--verbose',
    // This mode denies what is not allowed instead of asking; unlike skipping permissions, it also works as root.
    '--permission-mode',
    'dontAsk',
    '--tools',
    tools,
    '--allowedTools',
    [tools, ...servers.map(({ name }) => `mcp__${name}`)].join(','),
    // Without this, the settings of a repository could send calls elsewhere, with our key.
    '--setting-sources',
    'user',
    '--strict-mcp-config',
    ...(servers.length === 0 ? [] : ['--mcp-config', await writeServers(task, servers)]),
    '--disable-slash-commands',
    ...(model === null ? [] : ['--model', model]),
    ...(task.effort === undefined ? [] : ['--effort', task.effort]),
    // A subscription costs nothing per call: the limit would stop the program for money that nobody spends.
    ...(loginPath === undefined ? ['--max-budget-usd', requireSpendLimitUsd(task, title)] : []),
    conversation.kind === 'resumed' ? '--resume' : '--session-id',
    conversation.id,
  ];
  const base = await baseEnvironment(task, settings.searchPath);
  const way =
    loginPath === undefined
      ? throughGateway(requireGateway(task, title), requireModel(task, title))
      : { CLAUDE_SECURESTORAGE_CONFIG_DIR: loginPath };
  const env = { ...base, ...way, ...ownEnvironment(task, settings) };
  return { argv, env, ...(loginPath === undefined ? {} : { writes: [loginPath] }) };
}

async function writeServers({ sessionPath }: AgentTask, servers: readonly AgentServer[]): Promise<string> {
  const declared = servers.map(({ name, ...server }) => [name, { type: 'stdio', ...server }]);
  const text = JSON.stringify({ mcpServers: Object.fromEntries(declared) });
  return writeOwnFile(sessionPath, 'servers.json', `${text}\n`);
}

function throughGateway({ url, key }: AgentGateway, model: string): Record<string, string> {
  return {
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_API_KEY: key,
    // Small side tasks use the chosen, priced model, not one of Claude Code's choice.
    ANTHROPIC_DEFAULT_HAIKU_MODEL: model,
    CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST: '1',
  };
}

function ownEnvironment(task: AgentTask, { retriesMax }: ClaudeCodeSettings): Record<string, string> {
  return {
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
    CLAUDE_CODE_DISABLE_AUTO_MEMORY: '1',
    CLAUDE_CODE_MAX_RETRIES: String(retriesMax),
    CLAUDE_CODE_MAX_OUTPUT_TOKENS: String(task.outputTokensMax),
    DISABLE_AUTOUPDATER: '1',
    MCP_TIMEOUT: String(serverStartMs),
    MCP_TOOL_TIMEOUT: String(serverCallMs),
  };
}
