import { ConfigurationError, PermanentError } from '../../domain/failure.ts';

/** A file that is not a complete backup, or whose content was changed. */
export function backupInvalid(fault: string, cause?: unknown): PermanentError {
  return new PermanentError({
    code: 'BACKUP_INVALID',
    component: 'store',
    operation: 'restore',
    message: `The file is not a complete backup of Moose: ${fault}.`,
    advice:
      'Copy the file again from where it was made, make another backup, or use an older one. A file whose name ends in `.part` is left over from an interrupted backup: delete it.',
    cause,
  });
}

export function copyDoesNotFit(fault: string): PermanentError {
  return backupInvalid(`its rows do not fit the schema that it names: ${fault}`);
}

export function backupTooNew(version: number, name: string): ConfigurationError {
  return new ConfigurationError({
    code: 'BACKUP_TOO_NEW',
    component: 'store',
    operation: 'restore',
    message: `The backup has migration ${version} ("${name}"), which this Moose does not have: a newer or an unreleased Moose made it.`,
    advice: 'Restore it with the version of Moose that made it, or with a newer one.',
  });
}

export function backupTooOld(
  version: number,
  summedUp: { version: number; commit: string },
): ConfigurationError {
  return new ConfigurationError({
    code: 'BACKUP_TOO_OLD',
    component: 'store',
    operation: 'restore',
    message: `The backup has schema version ${version}, and this Moose restores only version ${summedUp.version} and later.`,
    advice: `Restore it into an empty directory with the Moose of commit ${summedUp.commit.slice(0, 12)}, make a new backup there, and restore that one.`,
  });
}

/** `--force` would rename the directory, and with it the file that is to be read. */
export function backupInside(path: string, directory: string): ConfigurationError {
  return new ConfigurationError({
    code: 'RESTORE_FILE_INSIDE',
    component: 'store',
    operation: 'restore',
    message: `The backup ${path} is inside ${directory}, the directory that it would replace.`,
    advice: 'Move the file to another directory, and restore it from there. Nothing was changed.',
  });
}

/** A backup with rows alone belongs beside the repositories of its own data directory. */
export function ofAnotherDirectory(madeIn: string, dataDirectory: string): ConfigurationError {
  return new ConfigurationError({
    code: 'RESTORE_NEEDS_ITS_DIRECTORY',
    component: 'store',
    operation: 'restore',
    message: `The backup has the rows alone, without repositories, so it belongs into its own data directory, ${madeIn}. ${dataDirectory} is another one.`,
    advice:
      'Name its own directory with --data, also if that was moved. For another directory, make a whole backup with `moose backup`.',
  });
}

export function placeTaken(place: string): ConfigurationError {
  return new ConfigurationError({
    code: 'RESTORE_PLACE_TAKEN',
    component: 'store',
    operation: 'restore',
    message: `A backup can be restored only into an empty directory or database, but ${place}.`,
    advice:
      'Choose another directory with --data; or, with the embedded database, use --force, which keeps the old directory under another name. For your own PostgreSQL, create another database.',
  });
}
