// Why a database cannot be used, and what its owner can do about it.
import { ConfigurationError } from '../../domain/failure.ts';

const fields = { component: 'store', operation: 'migrate' };

export function databaseForeign(tables: readonly string[]): ConfigurationError {
  return new ConfigurationError({
    ...fields,
    code: 'DATABASE_FOREIGN',
    message: `The database belongs to another program: it contains ${tables.join(', ')}. Nothing in it was changed.`,
    advice:
      'Create one for Moose (`create database moose`) and name it in MOOSE_DATABASE_URL, or unset that variable to use the embedded database.',
  });
}

export function databaseEmpty(): ConfigurationError {
  return new ConfigurationError({
    ...fields,
    code: 'DATABASE_EMPTY',
    message: 'The database is empty: no Moose has used it yet.',
    advice: 'Start `moose up`, which creates what it needs there, or check MOOSE_DATABASE_URL.',
  });
}

export function schemaTooOld(version: number, newest: number): ConfigurationError {
  return new ConfigurationError({
    ...fields,
    code: 'SCHEMA_TOO_OLD',
    message: `The database was created by an older Moose: it has schema version ${version}, but this Moose requires ${newest}.`,
    advice: 'Start `moose up` of this version, which upgrades it, then run the command again.',
  });
}

/** @param summedUp - the last of the migrations that this Moose no longer has, and the last commit that has them. */
export function upgradeTooFar(
  version: number,
  summedUp: { version: number; commit: string },
): ConfigurationError {
  return new ConfigurationError({
    ...fields,
    code: 'UPGRADE_TOO_FAR',
    message: `The database has schema version ${version}, and this Moose upgrades from version ${summedUp.version} on. Nothing in it was changed.`,
    advice: `Run \`moose up\` once with the Moose of commit ${summedUp.commit.slice(0, 12)}, which upgrades it to version ${summedUp.version}, then start this one.`,
  });
}

export function engineTooOld(): ConfigurationError {
  return new ConfigurationError({
    ...fields,
    code: 'SCHEMA_TOO_OLD',
    message: 'The database was last used by a Moose with another version of its durable engine.',
    advice: 'Start `moose up` of this version, which upgrades it, then run the command again.',
  });
}

export function nothingHere(dataDirectory: string): ConfigurationError {
  return new ConfigurationError({
    ...fields,
    code: 'DATABASE_EMPTY',
    message: `There is no database in ${dataDirectory}: no Moose has run there yet.`,
    advice: 'Start `moose up`, which creates it, or choose another directory with --data or MOOSE_DATA.',
  });
}

export function directoryUnusable(dataDirectory: string, cause: Error): ConfigurationError {
  return new ConfigurationError({
    ...fields,
    code: 'DATA_DIRECTORY_UNUSABLE',
    message: `The data directory ${dataDirectory} cannot be created: ${cause.message}.`,
    advice: 'Choose another directory with --data or MOOSE_DATA.',
    cause,
  });
}

export function schemaTooNew(
  { version, name }: { version: number; name: string },
  newest: number,
): ConfigurationError {
  return new ConfigurationError({
    ...fields,
    code: 'SCHEMA_TOO_NEW',
    message: `The database has schema version ${version} ("${name}"), but this Moose supports versions up to ${newest}: a newer Moose has used it.`,
    advice:
      'Run the newer version of Moose, or point this one at another database with MOOSE_DATABASE_URL or --data.',
  });
}

export function migrationChanged({ version, name }: { version: number; name: string }): ConfigurationError {
  return new ConfigurationError({
    ...fields,
    code: 'MIGRATION_CHANGED',
    message: `This database was created by an unreleased version of Moose: its migration ${version} ("${name}"), or one before it, is a different one.`,
    advice:
      'Use the version of Moose that created it, or start with a new data directory (--data) or another database (MOOSE_DATABASE_URL). Nothing in this one was changed.',
  });
}
