// Why a database cannot be used, and what its owner can do about it.

import type { ConfigurationError } from '../../domain/failure.ts';
import { storeFailures } from '../failure-catalogue.ts';

const fields = { operation: 'migrate' };

export function databaseForeign(tables: readonly string[]): ConfigurationError {
  return storeFailures.DATABASE_FOREIGN(fields, { tables: tables.join(', ') });
}

export function databaseEmpty(): ConfigurationError {
  return storeFailures.DATABASE_EMPTY(fields);
}

export function schemaTooOld(version: number, newest: number): ConfigurationError {
  return storeFailures.SCHEMA_TOO_OLD(fields, { version, newest });
}

/** @param summedUp - the last of the migrations that this Moose no longer has, and the last commit that has them. */
export function upgradeTooFar(
  version: number,
  summedUp: { version: number; commit: string },
): ConfigurationError {
  return storeFailures.UPGRADE_TOO_FAR(fields, {
    version,
    summedUpVersion: summedUp.version,
    commit: summedUp.commit.slice(0, 12),
  });
}

export function engineTooOld(): ConfigurationError {
  return storeFailures.SCHEMA_TOO_OLD_ENGINE(fields);
}

export function nothingHere(dataDirectory: string): ConfigurationError {
  return storeFailures.DATABASE_EMPTY_DIRECTORY(fields, { dataDirectory });
}

export function directoryUnusable(dataDirectory: string, cause: Error): ConfigurationError {
  return storeFailures.DATA_DIRECTORY_UNUSABLE(
    { ...fields, cause },
    { dataDirectory, message: cause.message },
  );
}

export function schemaTooNew(
  { version, name }: { version: number; name: string },
  newest: number,
): ConfigurationError {
  return storeFailures.SCHEMA_TOO_NEW(fields, { version, name, newest });
}

export function migrationChanged({ version, name }: { version: number; name: string }): ConfigurationError {
  return storeFailures.MIGRATION_CHANGED(fields, { version, name });
}
