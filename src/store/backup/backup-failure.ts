import type { ConfigurationError, PermanentError } from '../../domain/failure.ts';
import { storeFailures } from '../failure-catalogue.ts';

/** A file that is not a complete backup, or whose content was changed. */
export function backupInvalid(fault: string, cause?: unknown): PermanentError {
  return storeFailures.BACKUP_INVALID({ operation: 'restore', cause }, { fault });
}

export function copyDoesNotFit(fault: string): PermanentError {
  return backupInvalid(`its rows do not fit the schema that it names: ${fault}`);
}

export function backupTooNew(version: number, name: string): ConfigurationError {
  return storeFailures.BACKUP_TOO_NEW('restore', { version, name });
}

export function backupTooOld(
  version: number,
  summedUp: { version: number; commit: string },
): ConfigurationError {
  return storeFailures.BACKUP_TOO_OLD('restore', {
    version,
    summedUpVersion: summedUp.version,
    commit: summedUp.commit.slice(0, 12),
  });
}

/** `--force` would rename the directory, and with it the file that is to be read. */
export function backupInside(path: string, directory: string): ConfigurationError {
  return storeFailures.RESTORE_FILE_INSIDE('restore', { path, directory });
}

/** A backup with rows alone belongs beside the repositories of its own data directory. */
export function ofAnotherDirectory(madeIn: string, dataDirectory: string): ConfigurationError {
  return storeFailures.RESTORE_NEEDS_ITS_DIRECTORY('restore', { madeIn, dataDirectory });
}

export function placeTaken(place: string): ConfigurationError {
  return storeFailures.RESTORE_PLACE_TAKEN('restore', { place });
}
