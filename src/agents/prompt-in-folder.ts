// Writes the prompt for an agent that reads only files in named folders and replaces each `@name` in a prompt by that
// file. A long prompt, or one with an `@` in it, goes into a file in a separate folder.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentTask } from '../engine/ports/agent.ts';
import { type PromptOptions, writePrompt, writePromptFile } from './prompt.ts';

export interface PromptInFolder {
  prompt: string;
  /** The folder exists, and contains only the files that the prompt refers to. */
  folder: string;
}

export async function writePromptInFolder(task: AgentTask, options: PromptOptions): Promise<PromptInFolder> {
  const folder = join(task.sessionPath, 'told');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const told = { ...task, sessionPath: folder };
  const prompt = await writePrompt(told, options);
  if (!prompt.includes('@')) return { prompt, folder };
  return { prompt: pointTo(await writePromptFile(told, options)), folder };
}

function pointTo(path: string): string {
  return `Your whole task is in the file ${path}. Read all of it first, part by part where it is too long for one reading, and do what it says.`;
}
