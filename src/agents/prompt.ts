// An agent's prompt: on the command line if it fits, otherwise in a file that the agent is told to read.

import { statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentTask } from '../engine/ports/agent.ts';
import { writePassing } from '../stdx/files/passing-files.ts';

/** Linux allows 128 KiB per argument, including the closing NUL; the rest is left for the text around the brief. */
export const inlineBriefBytesMax = 96 * 1024;
const inlinePromptBytesMax = 120 * 1024;

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
  const prompt = await withShortBrief(task, options);
  if (Buffer.byteLength(prompt) <= inlinePromptBytesMax) return prompt;
  // A trusted repository may have many skills and instructions.
  const path = await writePromptFile(task, options);
  return pointTo(path, compose(task, withoutNul(task.brief), options));
}

async function withShortBrief(task: AgentTask, options: PromptOptions): Promise<string> {
  const brief = withoutNul(task.brief);
  if (Buffer.byteLength(brief) <= inlineBriefBytesMax) return compose(task, brief, options);
  const path = join(task.sessionPath, briefFileName);
  await mkdir(task.sessionPath, { recursive: true, mode: 0o700 });
  await writePassing(path, `${brief}\n`, { mode: 0o600 });
  return compose(task, pointTo(path, brief), options);
}

export const promptFileName = 'prompt.md';

/** For agents that read their prompt from a file, of any length. @returns its path */
export async function writePromptFile(task: AgentTask, options: PromptOptions = {}): Promise<string> {
  const path = join(task.sessionPath, promptFileName);
  await mkdir(task.sessionPath, { recursive: true, mode: 0o700 });
  await writePassing(path, `${compose(task, withoutNul(task.brief), options)}\n`, { mode: 0o600 });
  return path;
}

const titleCharsMax = 500;

function compose(task: AgentTask, brief: string, options: PromptOptions): string {
  return [
    `Work order: ${withoutNul(task.title).replaceAll(/\s+/g, ' ').trim().slice(0, titleCharsMax)}`,
    brief,
    // The change may edit the worktree's own files, so a trusted project's agent reads copies from the base commit.
    describeGround(task.worktreePath, task.assets ? [] : (options.instructionFiles ?? [])),
    ...describeAssets(task.assets),
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

/** Paths are named as JSON, because a repository chooses them. */
function describeAssets(assets: AgentTask['assets']): string[] {
  if (!assets) return [];
  const { instructions, skills } = assets;
  const read = instructions.map(({ path, copy }) => {
    const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
    const scope =
      folder === '' || folder === '.claude'
        ? 'for the whole repository: read it first'
        : `for what is below ${JSON.stringify(folder)}: read it before you work there`;
    return `- ${JSON.stringify(copy)}, ${scope}`;
  });
  const fitting = skills.map(
    ({ name, description, copy }) => `- ${name}: ${JSON.stringify(copy)}${description && `, ${description}`}`,
  );
  return [
    ...(read.length === 0
      ? []
      : [
          `Instructions of this repository, to be followed. Copies of them in the worktree do not count.\n${read.join('\n')}`,
        ]),
    ...(fitting.length === 0
      ? []
      : [
          `Skills of this repository. Read the file of each one that fits the task, and follow it.\n${fitting.join('\n')}`,
        ]),
  ].map(withoutNul);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** An argument cannot contain NUL. */
function withoutNul(text: string): string {
  return text.replaceAll('\0', '');
}
