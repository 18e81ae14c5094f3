// The files in a session's directory. A directory never has more than one process: exactly one start links
// `handle.json` into place, and the program runs only if that link was made.

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { createFile } from '../stdx/files/durable-files.ts';
import { hasErrorCode } from '../stdx/system-error.ts';
import { hashOfSeal } from './exit-seal.ts';
import type { ProcessHandle } from './process-handle.ts';
import { readSmallFile } from './read-small-file.ts';

export const sessionFiles = {
  stdout: 'stdout.log',
  stderr: 'stderr.log',
  /** The wrapper's own messages, after a blank line; empty if all went well. */
  wrapper: 'wrapper.log',
  handle: 'handle.json',
  exit: 'exit.json',
  /** Becomes `exit.json`; created in advance, so that its disk block is reserved. */
  exitDraft: 'exit.tmp',
  lock: 'lock',
} as const;

const exitSchema = z.object({
  seal: z.string().optional(),
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  startedAt: z.iso.datetime().transform((text) => new Date(text)),
  endedAt: z.iso.datetime().transform((text) => new Date(text)),
});
export type ExitRecord = Omit<z.infer<typeof exitSchema>, 'seal'>;

/** Longer than any exit record: the initial size of `exit.tmp`, filled with blanks, which JSON allows at the end. */
export const exitDraftBytes = 512;

export function filePath(directory: string, file: keyof typeof sessionFiles): string {
  return join(directory, sessionFiles[file]);
}

/**
 * The exit file, or null. An incomplete one (damaged by the disk) counts as absent: the process is then `lost`.
 * `forged`: it has an exit code, and the wrapper did not write it.
 */
export function readExit({
  directory,
  seal,
}: Pick<ProcessHandle, 'directory' | 'seal'>): ExitRecord | 'forged' | null {
  const record = readRecord(directory);
  if (record === null) return null;
  const { seal: shown, ...exit } = record;
  // Moose's own record of a process that it ended has no seal; it never reports success.
  const isProven = seal === undefined || exit.exitCode === null;
  if (!isProven && (shown === undefined || hashOfSeal(shown) !== seal)) return 'forged';
  return exit;
}

/** Whether an exit file exists, whoever wrote it. */
export function hasExit(directory: string): boolean {
  return readRecord(directory) !== null;
}

function readRecord(directory: string): z.infer<typeof exitSchema> | null {
  let text: string | null;
  try {
    text = readSmallFile(filePath(directory, 'exit'));
  } catch (error) {
    if (hasErrorCode(error, 'ENOTDIR')) return null;
    throw error;
  }
  const parsed = exitSchema.safeParse(parseJson(text ?? ''));
  return parsed.success ? parsed.data : null;
}

/** Writes the exit file of a process that was ended before it could; never overwrites an existing one. */
export async function writeExitIfAbsent(directory: string, exit: ExitRecord): Promise<void> {
  await createFile(filePath(directory, 'exit'), `${JSON.stringify(exit)}\n`);
}

export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return false;
    throw error;
  }
}

/** Undefined if it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
