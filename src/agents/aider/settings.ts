// Aider's settings: on its command line, and in this session's files about its model.

import { join } from 'node:path';
import type { AgentTask } from '../../engine/ports/agent.ts';
import { writeOwnFile } from '../home-files.ts';

/** Aider has settings for many models under this name; for other models it uses defaults. */
export function aiderModel(model: string, wire: string): string {
  return `${wire === 'anthropic-messages' ? 'anthropic' : 'openai'}/${model}`;
}

/** Time between two chunks of an answer; long enough for a model that thinks before its first word. */
const requestTimeoutS = 300;

/** Size of the repository outline that is sent with each call. */
const mapTokens = 1_024;

const always = [
  // Nobody watches the session or answers questions.
  '--yes-always',
  '--no-pretty',
  '--no-fancy-input',
  '--no-show-model-warnings',
  '--no-show-release-notes',
  // Streaming shows progress, and avoids a time limit on long answers.
  '--stream',
  // Moose commits and checks the result.
  '--no-auto-commits',
  '--no-dirty-commits',
  '--no-auto-lint',
  '--no-auto-test',
  '--no-suggest-shell-commands',
  // Aider only edits files.
  '--no-gitignore',
  // Aider connects only to its model.
  '--no-check-update',
  '--no-analytics',
  '--analytics-disable',
  '--no-detect-urls',
  '--disable-playwright',
  // Edits instead of whole files: a long file would not fit into an answer.
  '--edit-format',
  'diff',
  '--encoding',
  'utf-8',
  '--map-tokens',
  String(mapTokens),
  '--timeout',
  String(requestTimeoutS),
];

/** Writes the files that the options refer to. @returns the options */
export async function aiderOptions(
  { sessionPath, outputTokensMax }: Pick<AgentTask, 'sessionPath' | 'outputTokensMax'>,
  model: string,
): Promise<string[]> {
  // JSON is valid YAML. These settings apply to every model, in addition to Aider's own.
  const settings = [
    { name: 'aider/extra_params', extra_params: { max_tokens: outputTokensMax, max_retries: 0 } },
  ];
  // A model in this list is not looked up on the internet.
  const metadata = { [model]: { litellm_provider: model.slice(0, model.indexOf('/')), mode: 'chat' } };
  const settingsPath = await writeOwnFile(sessionPath, 'aider-models.yml', `${JSON.stringify(settings)}\n`);
  const metadataPath = await writeOwnFile(sessionPath, 'aider-facts.json', `${JSON.stringify(metadata)}\n`);
  return [
    ...always,
    // Small side tasks use the chosen, priced model, not one of Aider's choice.
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
