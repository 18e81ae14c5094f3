// What an agent is told that reads files in the folders it was named alone, and takes `@name` in a prompt for a file to
// put in its place: where the words are too long or have an `@` in them, they stand in a file of a folder of their own.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentTask } from '../engine/ports/agent.ts';
import { type PromptOptions, writePrompt, writePromptFile } from './prompt.ts';

export interface PromptInFolder {
  prompt: string;
  /** Is there, and holds nothing but what the prompt points to. */
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
  return `Your whole task stands in the file ${path}. Read all of it first, part by part where it is too long for one reading, and do what it says.`;
}
