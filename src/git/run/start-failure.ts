// Why git could not be started: it has printed nothing, and only the system's code says it.

import { accessSync, constants } from 'node:fs';
import type { ConfigurationError } from '../../domain/failure.ts';
import { gitFailures } from '../failure-catalogue.ts';
import { type FailedGit, fieldsOf } from './git-failure.ts';

export function noDirectory(cwd: string, operation: string, cause: unknown): ConfigurationError {
  return gitFailures.REPOSITORY_NOT_FOUND_ANY_MORE({ operation, metadata: { cwd }, cause }, { cwd });
}

export function startFailure(error: NodeJS.ErrnoException, failed: FailedGit) {
  if (error.code === 'EACCES' && isClosed(failed.cwd))
    return gitFailures.REPOSITORY_CLOSED({ ...fieldsOf(failed) }, { cwd: failed.cwd });
  if (error.code === 'ENOENT' || error.code === 'EACCES') {
    return gitFailures.GIT_MISSING({ ...fieldsOf(failed) });
  }
  if (error.code === 'ENOTDIR') return noDirectory(failed.cwd, failed.operation, error);
  if (error.code === 'EMFILE' || error.code === 'ENFILE')
    return gitFailures.TOO_MANY_FILES({ ...fieldsOf(failed) }, { message: error.message });
  return gitFailures.GIT_NOT_STARTED({ ...fieldsOf(failed) }, { message: error.message });
}

/** The system answers in the same way if the program cannot be executed. */
function isClosed(folder: string): boolean {
  try {
    accessSync(folder, constants.X_OK);
    return false;
  } catch {
    return true;
  }
}
