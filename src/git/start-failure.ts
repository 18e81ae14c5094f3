// Why git could not be started: it has printed nothing, and only the system's code says it.
import { ConfigurationError, TransientError } from '../domain/failure.ts';
import { type FailedGit, fieldsOf } from './git-failure.ts';

export function noDirectory(cwd: string, operation: string, cause: unknown): ConfigurationError {
  return new ConfigurationError({
    code: 'REPOSITORY_NOT_FOUND',
    message: `There is no directory ${cwd}`,
    advice: 'Restore it, or give the path of an existing git repository.',
    component: 'git',
    operation,
    metadata: { cwd },
    cause,
  });
}

export function startFailure(error: NodeJS.ErrnoException, failed: FailedGit) {
  if (error.code === 'ENOENT' || error.code === 'EACCES') {
    return new ConfigurationError({
      ...fieldsOf(failed),
      code: 'GIT_MISSING',
      failureClass: 'dependency_missing',
      message: 'The program git was not found, or cannot be executed',
      advice: 'Install git 2.38 or newer and make sure that it is on the PATH.',
    });
  }
  if (error.code === 'ENOTDIR') return noDirectory(failed.cwd, failed.operation, error);
  if (error.code === 'EMFILE' || error.code === 'ENFILE')
    return new TransientError({
      ...fieldsOf(failed),
      code: 'TOO_MANY_FILES',
      message: `git could not be started: too many files are open (${error.message})`,
      advice: 'Raise the limit on open files (`ulimit -n`), or run fewer work orders at a time, then retry.',
    });
  return new TransientError({
    ...fieldsOf(failed),
    code: 'GIT_NOT_STARTED',
    message: `git could not be started: ${error.message}`,
    advice: 'Check whether the machine is out of processes, files or memory, then retry.',
  });
}
