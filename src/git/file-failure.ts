import { ConfigurationError, isMooseError, PermanentError } from '../domain/failure.ts';

/**
 * Runs `work` and converts its file system errors into MooseErrors (R-FAIL-1); the reason of an abort is thrown
 * unchanged.
 */
export async function withFileFailures<T>(
  operation: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isMooseError(error) || (signal?.aborted && error === signal.reason)) throw error;
    const isOfSystem = error instanceof Error && 'syscall' in error;
    throw isOfSystem ? fileFailure(operation, error as NodeJS.ErrnoException) : error;
  }
}

function fileFailure(operation: string, error: NodeJS.ErrnoException) {
  const fields = {
    component: 'git',
    operation,
    cause: error,
    metadata: { path: error.path, systemCode: error.code },
  };
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') {
    return new ConfigurationError({
      ...fields,
      code: 'DISK_FULL',
      message: `${operation} could not write: the disk is full`,
      advice: 'Free some space on the disk that holds the repository and the worktrees, then retry.',
    });
  }
  return new PermanentError({
    ...fields,
    code: 'FILE_FAILED',
    message: `${operation} failed with a file system error: ${error.message}`,
    advice: 'Check the path in the message: its owner, its permissions, its disk.',
  });
}
