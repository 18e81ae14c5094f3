// Decrypts the variables of projects. The process that decrypts a secret remembers it, and removes it from every text.

import type { ConfigurationError } from '../../../domain/failure.ts';
import type { ProjectId } from '../../../domain/ids.ts';
import { type Audience, audiences as allAudiences } from '../../../domain/machine/project-variable.ts';
import { rememberSecrets } from '../../../domain/secrets/known-secrets.ts';
import type { Database } from '../../../store/database.ts';
import {
  allVariables,
  type SealedVariable,
  variablesMark,
  variablesOf,
} from '../../../store/work/projects/project-variables.ts';
import { secretFailures } from './failure-catalogue.ts';
import { type KeyRing, keyVariable } from './key-ring.ts';
import { type SecretKey, unseal } from './seal.ts';

export interface OpenVariable {
  name: string;
  value: string;
  isSecret: boolean;
  audiences: readonly Audience[];
  changedAt: Date;
}

export interface ProjectSecrets {
  readonly keyRing: KeyRing;
  /** All variables of a project. @throws ConfigurationError `SECRETS_KEY_MISSING`, `VARIABLE_UNREADABLE` */
  of(projectId: ProjectId, signal?: AbortSignal): Promise<OpenVariable[]>;
  /** Makes this process redact the secrets of all projects, as far as this machine has their keys. */
  remember(signal?: AbortSignal): Promise<void>;
}

export function createProjectSecrets(database: Database, keyRing: KeyRing): ProjectSecrets {
  let mark = '';
  return {
    keyRing,
    of: async (projectId, signal) => {
      const rows = await database.run((query) => variablesOf(query, projectId), signal);
      if (rows.length === 0) return [];
      const keys = await keyRing.read();
      return rows.map((row) => openVariable(row, keys, keyRing));
    },
    remember: async (signal) => {
      const now = await database.run(variablesMark, signal);
      if (now === mark) return;
      const rows = await database.run(allVariables, signal);
      const keys = rows.length === 0 ? [] : await keyRing.read();
      // A value that cannot be decrypted here cannot be printed here either, so it is skipped.
      for (const row of rows) readable(row, keys);
      mark = now;
    },
  };
}

/** @throws ConfigurationError `SECRETS_KEY_MISSING`, `VARIABLE_UNREADABLE` */
export function openVariable(
  row: SealedVariable,
  keys: readonly SecretKey[],
  { path }: Pick<KeyRing, 'path'>,
): OpenVariable {
  const opened = readable(row, keys);
  if (opened !== null) return opened;
  if (!keys.some(({ id }) => id === row.keyId)) throw keyMissing(`the variable ${row.name}`, path);
  throw secretFailures.VARIABLE_UNREADABLE('open', { name: row.name });
}

/** Null if this machine cannot decrypt the value. */
function readable(row: SealedVariable, keys: readonly SecretKey[]): OpenVariable | null {
  const key = keys.find(({ id }) => id === row.keyId);
  const value = key ? unseal(row.sealed, row, key) : null;
  if (value === null) return null;
  const { name, isSecret, audiences, changedAt } = row;
  if (isSecret) rememberSecrets([{ name, value }], { isGiven: true });
  return {
    name,
    value,
    isSecret,
    changedAt,
    audiences: allAudiences.filter((each) => audiences.includes(each)),
  };
}

/** `what`: what is encrypted, as in `the variable TOKEN`. */
export function keyMissing(what: string, path: string): ConfigurationError {
  return secretFailures.SECRETS_KEY_MISSING('open', { what, path, keyVariable });
}
