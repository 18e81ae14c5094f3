// How Qwen Code is started: without questions, only with our settings, and with no way to its model except the gateway
// (R-BUD-6, R-SEC-4). Every flag was measured on the tested version.
//
// The worktree is not trusted, so that nothing of the repository is read as settings or run. The tools that Qwen Code
// needs are allowed one by one, because in an untrusted folder it accepts no mode that allows all of them.

import { join } from 'node:path';
import type { AgentCommand, AgentTask } from '../../engine/ports/agent.ts';
import { baseEnvironment } from '../environment.ts';
import { requireProgram, startOf } from '../program.ts';
import { writePromptInFolder } from '../prompt-in-folder.ts';
import { requireGateway, requireModel } from '../task.ts';
import { chooseConversation } from './conversation.ts';
import type { QwenCodeSettings } from './options.ts';
import { qwenCodeProgram } from './program.ts';
import { qwenCodeProvider, writeQwenCodeFiles } from './settings.ts';

const readingTools = ['read_file', 'grep_search', 'glob'];
/** Qwen Code would ask before it uses one of these tools. */
const changingTools = ['edit', 'write_file', 'run_shell_command'];

/** Tools that are present whatever is allowed: subagents, goals, and tools that others provide. */
const switchedOff = [
  'agent',
  'list_agents',
  'send_message',
  'skill',
  'tool_search',
  'tool_call',
  'get_goal',
  'update_goal',
  'enter_worktree',
  'exit_worktree',
  'record_artifact',
  'report_findings',
  'task_stop',
];

/** Run the process with the worktree as its current directory. */
export async function prepareQwenCode(task: AgentTask, settings: QwenCodeSettings): Promise<AgentCommand> {
  const { title } = qwenCodeProgram;
  const program = requireProgram(qwenCodeProgram, settings);
  const model = requireModel(task, title);
  const { authType, env } = qwenCodeProvider(requireGateway(task, title));
  const { outputTokensMax } = task;
  await writeQwenCodeFiles(task.homePath, { outputTokensMax, retriesMax: settings.retriesMax });
  const { prompt, folder } = await writePromptInFolder(task, {
    instructionFiles: ['AGENTS.md', 'QWEN.md', 'CLAUDE.md'],
  });
  const conversation = await chooseConversation(task, settings.newConversationId);
  const argv: [string, ...string[]] = [
    ...startOf(program),
    '-p',
    prompt,
    '--output-format',
    'stream-json',
    '--approval-mode',
    'default',
    ...each('--allowed-tools', changingTools),
    ...each('--core-tools', [...readingTools, ...changingTools]),
    ...each('--exclude-tools', switchedOff),
    '--extensions',
    'none',
    '--include-directories',
    folder,
    '--auth-type',
    authType,
    '--model',
    model,
    conversation.kind === 'resumed' ? '--resume' : '--session-id',
    conversation.id,
  ];
  const base = await baseEnvironment(task, settings.searchPath);
  return { argv, env: { ...base, ...env, ...ownEnvironment(task.sessionPath) } };
}

function each(flag: string, values: readonly string[]): string[] {
  return values.flatMap((value) => [flag, value]);
}

function ownEnvironment(sessionPath: string): Record<string, string> {
  return {
    // Nothing that an earlier session left in the home is trusted.
    QWEN_CODE_TRUSTED_FOLDERS_PATH: join(sessionPath, 'no-trusted-folders.json'),
    // If Qwen Code restarted itself, it would leave a process behind that keeps calling.
    QWEN_CODE_NO_RELAUNCH: 'true',
    QWEN_SANDBOX: 'false',
    QWEN_TELEMETRY_ENABLED: 'false',
    QWEN_DISABLE_AUTO_TITLE: '1',
  };
}
