// How OpenCode is started: without questions, only with our configuration, and with no way to its model except the
// gateway (R-BUD-6, R-SEC-4). Every option and variable was measured on the tested version.

import { join } from 'node:path';
import type { AgentCommand, AgentTask } from '../../engine/ports/agent.ts';
import { baseEnvironment } from '../environment.ts';
import { requireProgram, startOf } from '../program.ts';
import { writePromptFile } from '../prompt.ts';
import { serversOf } from '../servers.ts';
import { requireGateway, requireModel } from '../task.ts';
import { findConversation } from './conversation.ts';
import type { OpenCodeSettings } from './options.ts';
import { openCodeProgram } from './program.ts';
import { refuseRepositoryPlugins } from './repository-plugins.ts';
import {
  openCodeConfiguration,
  openCodeSwitches,
  providerName,
  writeConfigurationFolder,
} from './settings.ts';

/** On the command line, OpenCode would quote it and escape the quotes in it. */
const message = 'Your whole task is in the attached file: read all of it and do what it says.';

/** Run the process with the worktree as its current directory. */
export async function prepareOpenCode(task: AgentTask, settings: OpenCodeSettings): Promise<AgentCommand> {
  const { title } = openCodeProgram;
  const program = requireProgram(openCodeProgram, settings);
  const model = requireModel(task, title);
  const gateway = requireGateway(task, title);
  const { homePath, sessionPath, outputTokensMax } = task;
  const configuration = openCodeConfiguration({
    gateway,
    model,
    outputTokensMax,
    servers: serversOf(task, ['OPENCODE_CONFIG_CONTENT']),
  });
  await refuseRepositoryPlugins(task.worktreePath);
  const configPath = join(sessionPath, 'config');
  await writeConfigurationFolder(configPath);
  // Without the project's configuration, OpenCode does not read these files either.
  const promptPath = await writePromptFile(task, {
    instructionFiles: ['AGENTS.md', 'CLAUDE.md', 'CONTEXT.md'],
  });
  const conversation = await findConversation(task);
  const argv: [string, ...string[]] = [
    ...startOf(program),
    'run',
    '--format',
    'json',
    '--pure',
    '--auto',
    '--model',
    `${providerName}/${model}`,
    // Without a title, OpenCode would ask the model for one.
    ...(conversation === null ? ['--title', 'Work order'] : ['--session', conversation]),
    '--file',
    promptPath,
    '--',
    message,
  ];
  const base = await baseEnvironment(task, settings.searchPath);
  const own = {
    XDG_CONFIG_HOME: configPath,
    XDG_DATA_HOME: join(homePath, '.local', 'share'),
    OPENCODE_CONFIG_CONTENT: JSON.stringify(configuration),
  };
  return { argv, env: { ...base, ...own, ...openCodeSwitches } };
}
