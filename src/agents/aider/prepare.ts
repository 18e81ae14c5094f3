// How Aider is started: by a small program of ours in its own Python, which ignores the repository's settings
// (R-BUD-6): `.env` and `.aider.conf.yml` there would override its environment and some of its options.

import { realpathSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { AgentCommand, AgentGateway, AgentTask } from '../../engine/ports/agent.ts';
import { ownFile } from '../../stdx/files/own-files.ts';
import { baseEnvironment } from '../environment.ts';
import type { ProgramPlace } from '../program.ts';
import { writePromptFile } from '../prompt.ts';
import { requireGateway, requireModel } from '../task.ts';
import { requirePython } from './probe.ts';
import { aiderProgram } from './program.ts';
import { aiderModel, aiderOptions } from './settings.ts';

const runnerPath = ownFile('agents/aider/run-aider.py');

/** In the session's folder: how Aider ended. */
export const endFileName = 'aider-end.json';

/** Files with a repository's instructions for agents; Aider reads none of them by itself. */
const instructionFiles = ['AGENTS.md', 'CLAUDE.md'];

/** Run the process with the worktree as its current directory. */
export async function prepareAider(task: AgentTask, place: ProgramPlace): Promise<AgentCommand> {
  const { title } = aiderProgram;
  const python = await requirePython(place);
  const gateway = requireGateway(task, title);
  const model = aiderModel(requireModel(task, title), gateway.wire);
  const options = await aiderOptions(task, model);
  const promptPath = await writePromptFile(task);
  const argv: [string, ...string[]] = [
    // Isolated mode: no module of the repository is found before Aider's own.
    python,
    '-I',
    runnerPath,
    join(task.sessionPath, endFileName),
    promptPath,
    ...options,
    ...(task.assets?.instructions.map(({ copy }) => copy) ?? filesIn(task, instructionFiles)).flatMap(
      (path) => ['--read', path],
    ),
    // Aider also opens the files that the brief names and that its model asks for.
    ...filesIn(task, task.proposal?.edits.map(({ path }) => path) ?? []).flatMap((path) => ['--file', path]),
  ];
  const base = await baseEnvironment(task, place.searchPath);
  return { argv, env: { ...base, ...ownEnvironment(gateway) } };
}

function ownEnvironment({ url, key, wire }: AgentGateway): Record<string, string> {
  return {
    ...(wire === 'anthropic-messages'
      ? { ANTHROPIC_API_BASE: url, ANTHROPIC_API_KEY: key }
      : { OPENAI_API_BASE: `${url}/v1`, OPENAI_API_KEY: key }),
    // Aider has price lists and vocabularies built in, and does not look for newer ones.
    LITELLM_LOCAL_MODEL_COST_MAP: 'True',
    HF_HUB_OFFLINE: '1',
    // If git has no user name, Aider would write one into the repository's settings.
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_0: 'user.name',
    GIT_CONFIG_VALUE_0: 'Moose',
    GIT_CONFIG_KEY_1: 'user.email',
    GIT_CONFIG_VALUE_1: 'moose@localhost',
  };
}

/** Only existing files inside the worktree: Aider would create missing ones, and a link may lead out of it. */
function filesIn({ worktreePath }: AgentTask, paths: readonly string[]): string[] {
  const root = realpathSync(worktreePath);
  return paths
    .map((path) => join(root, path))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true)
    .filter((path) => !relative(root, realpathSync(path)).startsWith('..'));
}
