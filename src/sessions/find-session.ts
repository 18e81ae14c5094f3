// Finds the process of a session from its database row and its directory, either of which may be damaged.
import { isMooseError } from '../domain/failure.ts';
import { replaceFile } from '../stdx/files/durable-files.ts';
import { findProcess } from './find-process.ts';
import { type ProcessHandle, processHandleSchema } from './process-handle.ts';
import { exists, filePath } from './session-files.ts';
import { isLockFree } from './session-lock.ts';
import { stopProcess } from './stop-process.ts';
import { isOnThisHost } from './survey.ts';

export interface KnownSession {
  directory: string;
  /** The handle as confirmed in the database; null before that. */
  handle: unknown;
}

/**
 * The handle of the session's process; null if none was ever started; or `lost`: it ended, or was ended here,
 * and it is unknown how, because its files are gone or damaged. After null or `lost`, nothing of the session
 * runs (R-SES-3).
 * @throws SESSION_STOP_UNPROVEN, SESSION_HANDLE_UNREADABLE if something of it still runs
 */
export async function findSession(
  { directory, handle }: KnownSession,
  { graceMs }: { graceMs: number },
): Promise<ProcessHandle | 'lost' | null> {
  const known = processHandleSchema.safeParse(handle).data;
  if (known !== undefined && isOnThisHost(known)) {
    if (await exists(directory)) {
      await restoreHandle(known, directory);
      return known;
    }
    await stopProcess(known, { graceMs });
    return 'lost';
  }
  try {
    return await findProcess(directory);
  } catch (cause) {
    if (!isUnreadable(cause)) throw cause;
    // Everything that runs in the session inherited its lock.
    if (!(await isLockFree({ directory, hasLock: true }))) throw cause;
    return 'lost';
  }
}

/** The wrapper writes its exit file only if it finds its handle. */
async function restoreHandle(known: ProcessHandle, directory: string): Promise<void> {
  try {
    if ((await findProcess(directory)) !== null) return;
  } catch (cause) {
    if (!isUnreadable(cause)) throw cause;
  }
  await replaceFile(filePath(directory, 'handle'), `${JSON.stringify(known)}\n`);
}

const isUnreadable = (cause: unknown) => isMooseError(cause) && cause.code === 'SESSION_HANDLE_UNREADABLE';
