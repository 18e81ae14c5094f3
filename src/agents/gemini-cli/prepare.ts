// How Gemini CLI is started: without questions, only with our settings, and with no way to its model except the gateway
// (R-BUD-6, R-SEC-4). Every flag was measured on the tested version.
//
// Gemini CLI reads the settings and `.env` of a folder only if it trusts the folder, and works without questions only
// in a trusted folder. `--skip-trust` takes effect after the settings were read: so the repository's settings, hooks
// and servers are not loaded, and it still works. The contract suite checks both.

import { join } from 'node:path';
import type { AgentCommand, AgentGateway, AgentTask } from '../../engine/ports/agent.ts';
import { baseEnvironment } from '../environment.ts';
import { requireProgram, startOf } from '../program.ts';
import { writePromptInFolder } from '../prompt-in-folder.ts';
import { requireGateway, requireModel } from '../task.ts';
import { chooseConversation } from './conversation.ts';
import type { GeminiCliSettings } from './options.ts';
import { geminiCliProgram } from './program.ts';
import { writeGeminiCliFiles } from './settings.ts';

/** Run the process with the worktree as its current directory. */
export async function prepareGeminiCli(task: AgentTask, settings: GeminiCliSettings): Promise<AgentCommand> {
  const { title } = geminiCliProgram;
  const program = requireProgram(geminiCliProgram, settings);
  const model = requireModel(task, title);
  const gateway = requireGateway(task, title);
  const { outputTokensMax } = task;
  const { retriesMax } = settings;
  const hasAssets = task.assets !== undefined;
  await writeGeminiCliFiles(task.homePath, { model, outputTokensMax, retriesMax, hasAssets });
  // Gemini CLI reads GEMINI.md by itself.
  const { prompt, folder } = await writePromptInFolder(task, {
    instructionFiles: ['AGENTS.md', 'CLAUDE.md'],
  });
  const conversation = await chooseConversation(task, settings.newConversationId);
  const argv: [string, ...string[]] = [
    ...startOf(program),
    '-p',
    prompt,
    '--output-format',
    'stream-json',
    '--skip-trust',
    '--approval-mode',
    'yolo',
    '--extensions',
    'none',
    '--include-directories',
    folder,
    '--model',
    model,
    conversation.kind === 'resumed' ? '--resume' : '--session-id',
    conversation.id,
  ];
  const base = await baseEnvironment(task, settings.searchPath);
  return { argv, env: { ...base, ...ownEnvironment(task, gateway) } };
}

function ownEnvironment(
  { sessionPath }: Pick<AgentTask, 'sessionPath'>,
  { url, key }: AgentGateway,
): Record<string, string> {
  return {
    GEMINI_API_KEY: key,
    GOOGLE_GEMINI_BASE_URL: url,
    // Includes the variables that Gemini CLI reads from an untrusted `.env`; an empty variable counts as set.
    GOOGLE_API_KEY: '',
    GOOGLE_CLOUD_PROJECT: '',
    GOOGLE_CLOUD_LOCATION: '',
    // Nothing that an earlier session left in the home is trusted.
    GEMINI_CLI_TRUSTED_FOLDERS_PATH: join(sessionPath, 'no-trusted-folders.json'),
    // If Gemini CLI restarted itself, there would be two processes, one of which ignores SIGTERM.
    GEMINI_CLI_NO_RELAUNCH: 'true',
    GEMINI_SANDBOX: 'false',
    GEMINI_TELEMETRY_ENABLED: 'false',
  };
}
