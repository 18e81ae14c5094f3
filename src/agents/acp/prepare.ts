// Writes what the session's program needs, and the files that the entry names, and says how it is started.
import { mkdir, readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { agentFailures } from '../../domain/agents/agent-failure-catalogue.ts';
import type { AgentCommand, AgentTask } from '../../engine/ports/agent.ts';
import { ownProgram } from '../../stdx/files/own-files.ts';
import { writePassing } from '../../stdx/files/passing-files.ts';
import { baseEnvironment } from '../environment.ts';
import { readIfThere, writeOwnFile } from '../home-files.ts';
import { startOf } from '../program.ts';
import { writePromptFile } from '../prompt.ts';
import { serversOf } from '../servers.ts';
import { requireGateway, requireModel } from '../task.ts';
import type { DriveInput } from './drive.ts';
import { type AcpEntry, filled, programOf } from './entry.ts';

const programPath = ownProgram('agents/acp/drive-program');
const inputFileName = 'acp.json';
/** In the agent's home: the conversation to continue. */
export const conversationFileName = 'moose-acp-conversation';
const conversationCharsMax = 500;

interface AcpStart {
  name: string;
  entry: AcpEntry;
  entriesPath: string;
  searchPath: string;
}

/** The script of an interpreter comes after a few of its options. */
const scriptWordsMax = 3;

export async function prepareAcp(task: AgentTask, start: AcpStart): Promise<AgentCommand> {
  const { name, entry, searchPath } = start;
  const program = programOf(entry, searchPath);
  if (program === null)
    throw agentFailures.AGENT_PROGRAM_MISSING_AT_PLACE('prepare', {
      title: name,
      advice: adviseProgram(entry, start),
    });
  const { url, key } = requireGateway(task, name);
  const values = {
    url,
    key,
    model: requireModel(task, name),
    output_tokens: String(task.outputTokensMax),
    home: task.homePath,
  };
  const fill = (text: string) => filled(text, values);
  const env = Object.fromEntries(Object.entries(entry.env).map(([variable, text]) => [variable, fill(text)]));
  const base = await baseEnvironment(task, searchPath);
  for (const [path, text] of Object.entries(entry.files)) await writeOwnFile(task.homePath, path, fill(text));
  const promptPath = await writePromptFile(task, { instructionFiles: ['AGENTS.md', 'CLAUDE.md'] });
  const conversationPath = join(task.homePath, conversationFileName);
  const conversation = (await readIfThere(conversationPath))?.trim() ?? '';
  const words = entry.command.slice(1).map(fill);
  const input: DriveInput = {
    command: [...startOf(program), ...words],
    worktreePath: task.worktreePath,
    prompt: await readFile(promptPath, 'utf8'),
    conversationPath,
    conversation: conversation === '' || conversation.length > conversationCharsMax ? null : conversation,
    servers: serversOf(task, Object.keys(entry.env)).map((server) => ({
      ...server,
      env: Object.entries(server.env).map(([variable, value]) => ({ name: variable, value })),
    })),
  };
  await mkdir(task.sessionPath, { recursive: true, mode: 0o700 });
  const inputPath = join(task.sessionPath, inputFileName);
  await writePassing(inputPath, JSON.stringify(input), { mode: 0o600 });
  return {
    // The agent's own program is named, and the script that it may run, so that the sandbox shows them.
    argv: [
      process.execPath,
      programPath,
      program,
      ...words.slice(0, scriptWordsMax).filter(isAbsolute),
      inputPath,
    ],
    // Node 22 strips types with a warning, which does not belong on the program's stderr.
    env: { ...base, ...env, NODE_NO_WARNINGS: '1' },
  };
}

export function adviseProgram(
  { command: [command] }: AcpEntry,
  { entriesPath }: { entriesPath: string },
): string {
  return `Install ${command}, or correct its command in ${entriesPath}; it is not on the PATH of agents.`;
}
