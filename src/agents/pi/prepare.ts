// How pi is started: only with our settings, and with no way to its model except the gateway (R-BUD-6, R-SEC-4). It
// asks no questions. Every option was measured on the tested version.

import type { AgentCommand, AgentTask } from '../../engine/ports/agent.ts';
import { baseEnvironment } from '../environment.ts';
import { requireProgram, startOf } from '../program.ts';
import { writePrompt } from '../prompt.ts';
import { requireGateway, requireModel } from '../task.ts';
import { chooseConversation } from './conversation.ts';
import type { PiSettings } from './options.ts';
import { piProgram } from './program.ts';
import { agentPathIn, keyVariable, providerName, writePiFiles } from './settings.ts';

/** The allowed tools; pi's other tools download search programs. */
const tools = 'read,bash,edit,write';

/**
 * Extensions are programs that run inside pi; skills and templates are other people's text that it would treat as its
 * own.
 */
const nothingFound = [
  '--no-approve',
  '--no-extensions',
  '--no-skills',
  '--no-prompt-templates',
  '--no-themes',
  // pi would also read context files in every folder above the worktree.
  '--no-context-files',
];

/** Run the process with the worktree as its current directory. */
export async function preparePi(task: AgentTask, settings: PiSettings): Promise<AgentCommand> {
  const { title } = piProgram;
  const program = requireProgram(piProgram, settings);
  const model = requireModel(task, title);
  const gateway = requireGateway(task, title);
  const agentPath = agentPathIn(task.homePath);
  await writePiFiles(task.homePath, {
    gateway,
    model,
    outputTokensMax: task.outputTokensMax,
    retriesMax: settings.retriesMax,
  });
  const prompt = await writePrompt(task, { instructionFiles: ['AGENTS.md', 'CLAUDE.md'] });
  const conversationPath = await chooseConversation(task.homePath, settings.newConversationId);
  const argv: [string, ...string[]] = [
    ...startOf(program),
    '--mode',
    'json',
    '--offline',
    ...nothingFound,
    '--provider',
    providerName,
    '--model',
    model,
    '--tools',
    tools,
    // Continues the newest conversation in this folder, or starts one; the folder contains no other conversation.
    '--session-dir',
    conversationPath,
    '--continue',
    '--',
    prompt,
  ];
  const base = await baseEnvironment(task, settings.searchPath);
  return { argv, env: { ...base, ...ownEnvironment(agentPath, gateway.key) } };
}

function ownEnvironment(agentPath: string, key: string): Record<string, string> {
  return {
    [keyVariable]: key,
    PI_CODING_AGENT_DIR: agentPath,
    PI_OFFLINE: '1',
    PI_TELEMETRY: '0',
    PI_SKIP_VERSION_CHECK: '1',
  };
}
