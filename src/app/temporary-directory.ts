// The directory for temporary files: git, PostgreSQL and probes of programs cannot work without one.

import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { errorCode } from '../stdx/system-error.ts';
import { appFailures } from './failure-catalogue.ts';

/** @throws ConfigurationError `TEMPORARY_DIRECTORY_UNUSABLE` */
export async function assertTemporaryDirectory(): Promise<void> {
  const path = tmpdir();
  try {
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw appFailures.TEMPORARY_DIRECTORY_UNUSABLE(
      { operation: 'open', cause },
      { path, reason: errorCode(cause) ?? String(cause) },
    );
  }
}
