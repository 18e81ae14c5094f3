// An agent's prompt: on the command line if it fits, otherwise in a file that the agent is told to read.

import { statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentTask } from '../engine/ports/agent.ts';

/** Linux allows 128 KiB per argument, including the closing NUL; the rest of that is left for the text around the brief. */
export const inlineBriefBytesMax = 96 * 1024;

export const briefFileName = 'brief.md';

export interface PromptOptions {
  /** Files with a repository's instructions for agents that this agent does not read by itself. */
  instructionFiles?: readonly string[];
}

/**
 * The prompt for a command line. It always begins with our own words: a prompt that begins with `-`, `/` or `@` would
 * be read as an option or a command.
 */
export async function writePrompt(task: AgentTask, options: PromptOptions = {}): Promise<string> {
  const brief = withoutNul(task.brief);
  if (Buffer.byteLength(brief) <= inlineBriefBytesMax) return compose(task, brief, options);
  const path = join(task.sessionPath, briefFileName);
  await mkdir(task.sessionPath, { recursive: true, mode: 0o700 });
  await writeFile(path, `${brief}\n`, { mode: 0o600 });
  return compose(task, pointTo(path, brief), options);
}

export const promptFileName = 'prompt.md';

/** For agents that read their prompt from a file, of any length. @returns its path */
export async function writePromptFile(task: AgentTask, options: PromptOptions = {}): Promise<string> {
  const path = join(task.sessionPath, promptFileName);
  await mkdir(task.sessionPath, { recursive: true, mode: 0o700 });
  await writeFile(path, `${compose(task, withoutNul(task.brief), options)}\n`, { mode: 0o600 });
  return path;
}

const titleCharsMax = 500;

function compose(task: AgentTask, brief: string, options: PromptOptions): string {
  return [
    `Work order: ${withoutNul(task.title).replaceAll(/\s+/g, ' ').trim().slice(0, titleCharsMax)}`,
    brief,
    describeGround(task.worktreePath, options.instructionFiles ?? []),
  ].join('\n\n');
}

function pointTo(path: string, brief: string): string {
  const lines = brief.split('\n').length;
  return `Your whole task is in the file ${path} (${lines} lines). Read all of it first, part by part where it is too long for one reading.`;
}

function describeGround(worktreePath: string, instructionFiles: readonly string[]): string {
  const present = instructionFiles.filter((name) => isFile(join(worktreePath, name)));
  const sentences = [
    'The current directory is a git worktree made only for this work order: change files in it and nowhere else.',
    'Do not commit, push or switch branches; that is done for you.',
    'Nobody can answer questions: decide by yourself, or change nothing and say why.',
  ];
  if (present.length > 0) sentences.unshift(`Read ${present.join(' and ')} first and follow it.`);
  return sentences.join(' ');
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** An argument cannot contain NUL. */
function withoutNul(text: string): string {
  return text.replaceAll('\0', '');
}
