// The directory for temporary files: git, PostgreSQL and probes of programs cannot work without one.
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { ConfigurationError } from '../domain/failure.ts';
import { errorCode } from '../stdx/system-error.ts';

/** @throws ConfigurationError `TEMPORARY_DIRECTORY_UNUSABLE` */
export async function assertTemporaryDirectory(): Promise<void> {
  const path = tmpdir();
  try {
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new ConfigurationError({
      code: 'TEMPORARY_DIRECTORY_UNUSABLE',
      component: 'config',
      operation: 'open',
      message: `The directory for temporary files, ${path}, cannot be used (${errorCode(cause) ?? String(cause)}).`,
      advice: 'Create it and let the user that runs Moose write to it, or set TMPDIR to another directory.',
      cause,
    });
  }
}
