import { isMooseError } from '../../domain/failure.ts';
import { gitFailures } from '../failure-catalogue.ts';

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
    operation,
    cause: error,
    metadata: { path: error.path, systemCode: error.code },
  };
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') {
    return gitFailures.DISK_FULL(fields, { operation });
  }
  if (error.code === 'EROFS')
    return gitFailures.DISK_READ_ONLY(fields, { operation, message: error.message });
  if (error.code === 'EIO' || error.code === 'EUCLEAN' || error.code === 'ESHUTDOWN')
    return gitFailures.DISK_FAILS(fields, { operation, message: error.message });
  return gitFailures.FILE_FAILED(fields, { operation, message: error.message });
}
