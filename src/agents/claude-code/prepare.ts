// How Claude Code is started: without questions, on no settings but ours, and with no way to its model but the base
// URL that it is given (R-BUD-6, R-SEC-4). Every flag was measured on the tested version.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError, PermanentError } from '../../domain/failure.ts';
import { nanoUsdPerUsd } from '../../domain/money.ts';
import type { AgentCommand, AgentTask } from '../../engine/ports/agent.ts';
import type { ClaudeCodeSettings } from './agent.ts';
import { chooseConversation } from './conversation.ts';
import { adviseInstall, findProgram } from './probe.ts';
import { writePrompt } from './prompt.ts';

const origin = { component: 'agents', operation: 'prepare' } as const;

/**
 * What it may use. Not among them: what reaches other sessions or the web, schedules work, starts agents of its own,
 * or makes worktrees.
 */
const tools = 'Bash,Edit,Glob,Grep,NotebookEdit,Read,Write';

/** The process is to run with the worktree as its current directory. Throws AGENT_PROGRAM_MISSING, AGENT_MODEL_MISSING, AGENT_BUDGET. */
export async function prepareClaudeCode(
  task: AgentTask,
  settings: ClaudeCodeSettings,
): Promise<AgentCommand> {
  const program = requireProgram(settings);
  const model = requireModel(task);
  const spendLimitUsd = requireSpendLimit(task);
  await writeOwnSettings(task.homePath);
  const temporaryPath = join(task.sessionPath, 'tmp');
  await mkdir(temporaryPath, { recursive: true, mode: 0o700 });
  const prompt = await writePrompt(task);
  const conversation = await chooseConversation(task.homePath, settings.newSessionId);
  const argv: [string, ...string[]] = [
    program,
    ...['-p', prompt],
    ...['--output-format', 'stream-json', '--verbose'],
    // Denies what is not allowed instead of asking; unlike skipping permissions it also works as root.
    ...['--permission-mode', 'dontAsk', '--tools', tools, '--allowedTools', tools],
    // A repository's own settings could send it elsewhere, with our key.
    ...['--setting-sources', 'user', '--strict-mcp-config', '--disable-slash-commands'],
    ...['--model', model, '--max-budget-usd', spendLimitUsd],
    ...[conversation.kind === 'resumed' ? '--resume' : '--session-id', conversation.id],
  ];
  return { argv, env: environment(task, settings, { model, temporaryPath }) };
}

/** An allow list: nothing is inherited. */
function environment(
  task: AgentTask,
  { baseUrl, apiKey, searchPath, retriesMax, outputTokensMax }: ClaudeCodeSettings,
  { model, temporaryPath }: { model: string; temporaryPath: string },
): Record<string, string> {
  return {
    HOME: task.homePath,
    PATH: searchPath,
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    TMPDIR: temporaryPath,
    GIT_TERMINAL_PROMPT: '0',
    ANTHROPIC_BASE_URL: baseUrl,
    ANTHROPIC_API_KEY: apiKey,
    // Its small side tasks go to the model that was chosen and priced, not to one of its own choice.
    ANTHROPIC_DEFAULT_HAIKU_MODEL: model,
    CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST: '1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
    CLAUDE_CODE_DISABLE_AUTO_MEMORY: '1',
    CLAUDE_CODE_MAX_RETRIES: String(retriesMax),
    CLAUDE_CODE_MAX_OUTPUT_TOKENS: String(outputTokensMax),
    DISABLE_AUTOUPDATER: '1',
  };
}

/** Its home outlives a session, and the session can write there: what it reads as the user's settings is ours again. */
async function writeOwnSettings(homePath: string): Promise<void> {
  const directory = join(homePath, '.claude');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeFile(join(directory, 'settings.json'), '{}\n', { mode: 0o600 });
}

function requireProgram(settings: ClaudeCodeSettings): string {
  const program = findProgram(settings);
  if (program !== null) return program;
  throw new ConfigurationError({
    ...origin,
    code: 'AGENT_PROGRAM_MISSING',
    failureClass: 'dependency_missing',
    message: 'The program of Claude Code does not exist or cannot be executed.',
    advice: adviseInstall(settings),
  });
}

/** `provider/model` → `model`: the base URL has settled the provider. */
function requireModel({ model }: AgentTask): string {
  const name = model?.slice(model.indexOf('/') + 1) ?? '';
  if (name !== '' && !name.startsWith('-')) return name;
  throw new ConfigurationError({
    ...origin,
    code: 'AGENT_MODEL_MISSING',
    message: `Claude Code needs a model and was given ${JSON.stringify(model)}.`,
    advice: 'Set a model for this agent, as `provider/model`.',
  });
}

/** A decimal number of dollars, exact. */
function requireSpendLimit({ spendLimitNanoUsd }: AgentTask): string {
  if (spendLimitNanoUsd > 0n) {
    const fraction = (spendLimitNanoUsd % nanoUsdPerUsd).toString().padStart(9, '0');
    return `${spendLimitNanoUsd / nanoUsdPerUsd}.${fraction}`;
  }
  throw new PermanentError({
    ...origin,
    code: 'AGENT_BUDGET',
    failureClass: 'budget_exceeded',
    message: 'Nothing of the spending limit is left, so Claude Code was not started.',
    advice: "Raise the work order's limit, or end it.",
  });
}
