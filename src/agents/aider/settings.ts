// What Aider is told: on its command line, and in files of this session about its model.

import { join } from 'node:path';
import type { AgentTask } from '../../engine/ports/agent.ts';
import { writeOwnFile } from '../home-files.ts';

/** It knows many models and how to talk to them by this name; others get what it does by default. */
export function aiderModel(model: string, wire: string): string {
  return `${wire === 'anthropic-messages' ? 'anthropic' : 'openai'}/${model}`;
}

/** Between two parts of an answer; long enough for a model that thinks before its first word. */
const requestTimeoutS = 300;

/** Of the outline of the repository that goes with each call. */
const mapTokens = 1_024;

const always = [
  // Nobody is there, and nothing is to be seen.
  '--yes-always',
  '--no-pretty',
  '--no-fancy-input',
  '--no-show-model-warnings',
  '--no-show-release-notes',
  // Parts of an answer are a sign of life, and a long answer does not run into a time limit.
  '--stream',
  // Moose commits, and checks what was made.
  '--no-auto-commits',
  '--no-dirty-commits',
  '--no-auto-lint',
  '--no-auto-test',
  '--no-suggest-shell-commands',
  // It writes nothing but edits.
  '--no-gitignore',
  // It calls its model, and nobody else.
  '--no-check-update',
  '--no-analytics',
  '--analytics-disable',
  '--no-detect-urls',
  '--disable-playwright',
  // Edits rather than whole files: those of long files would not fit into an answer.
  '--edit-format',
  'diff',
  '--encoding',
  'utf-8',
  '--map-tokens',
  String(mapTokens),
  '--timeout',
  String(requestTimeoutS),
];

/** @returns the options; the files that they name are written */
export async function aiderOptions(
  { sessionPath, outputTokensMax }: Pick<AgentTask, 'sessionPath' | 'outputTokensMax'>,
  model: string,
): Promise<string[]> {
  // JSON is YAML. It is read for every model, beside what Aider knows of this one.
  const settings = [
    { name: 'aider/extra_params', extra_params: { max_tokens: outputTokensMax, max_retries: 0 } },
  ];
  // A model that stands in here is not looked up in a list from the internet.
  const metadata = { [model]: { litellm_provider: model.slice(0, model.indexOf('/')), mode: 'chat' } };
  const settingsPath = await writeOwnFile(sessionPath, 'aider-models.yml', `${JSON.stringify(settings)}\n`);
  const metadataPath = await writeOwnFile(sessionPath, 'aider-facts.json', `${JSON.stringify(metadata)}\n`);
  return [
    ...always,
    // Its small side tasks go to the model that was chosen and priced, not to one of its own choice.
    '--model',
    model,
    '--weak-model',
    model,
    '--editor-model',
    model,
    '--model-settings-file',
    settingsPath,
    '--model-metadata-file',
    metadataPath,
    '--chat-history-file',
    join(sessionPath, 'aider-chat.md'),
    '--input-history-file',
    join(sessionPath, 'aider-input'),
  ];
}
