// Determines after a crash whether a session's process was ever started.

import { sessionFailures } from './failure-catalogue.ts';
import { type ProcessHandle, processHandleSchema } from './process-handle.ts';
import { readSmallFile } from './read-small-file.ts';
import { filePath, parseJson } from './session-files.ts';

const evidenceCharsMax = 500;

/**
 * The handle of the process that was started in this directory, or null if none was. It is safe to act on null even
 * while a start is in progress: a second start in the same directory either fails with SESSION_DIRECTORY_USED or makes
 * the first one give up.
 */
export async function findProcess(directory: string): Promise<ProcessHandle | null> {
  const text = readSmallFile(filePath(directory, 'handle'));
  if (text === null) return null;
  const parsed = processHandleSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw sessionFailures.SESSION_HANDLE_UNREADABLE(
    {
      operation: 'find',
      metadata: { directory, text: text.slice(0, evidenceCharsMax) },
      cause: parsed.error,
    },
    { directory },
  );
}
