// The variables and secrets of projects (R-PROJ-5). Only a person may change them, and nobody can read a secret back.

import type * as wire from '../../../contract/contract.ts';
import type { PermanentError } from '../../../domain/failure.ts';
import type { ProjectId } from '../../../domain/ids.ts';
import {
  assertVariableName,
  assertVariableValue,
  audiencesOf,
  defaultAudiences,
  looksSecret,
  variableLimits,
} from '../../../domain/machine/project-variable.ts';
import { isHuman } from '../../../domain/people/person.ts';
import { rememberSecrets } from '../../../domain/secrets/known-secrets.ts';
import { resealPushKey } from '../../../store/access/push-key.ts';
import type { Database, Query } from '../../../store/database.ts';
import {
  allVariables,
  lockVariables,
  putVariable,
  removeVariable,
  resealVariable,
  type SealedVariable,
  usedKeyIds,
  variablesOf,
} from '../../../store/work/projects/project-variables.ts';
import { lockProjectNamed } from '../../../store/work/projects/projects.ts';
import { projectNotFound } from '../../commands/submit/project-of-submission.ts';
import { keyInUse } from '../../policy/secrets/key-in-use.ts';
import type { KeyRing } from '../../policy/secrets/key-ring.ts';
import { openVariable } from '../../policy/secrets/project-secrets.ts';
import { openPushKey, sealPushKey } from '../../policy/secrets/push-key.ts';
import { type SecretKey, seal, unseal } from '../../policy/secrets/seal.ts';
import { projectFailures } from './failure-catalogue.ts';

export interface VariablesDeps {
  database: Database;
  actor: string;
  keyRing: KeyRing;
}

export interface GivenVariable extends wire.NewVariable {
  name: string;
}

export function askVariables(deps: VariablesDeps) {
  const { database, actor, keyRing } = deps;
  const list = async (projectId: string): Promise<wire.ProjectVariable[]> => {
    const rows = await database.run((query) => variablesOf(query, projectId as ProjectId));
    const keys = rows.length === 0 ? [] : await keyRing.read();
    return rows.map((row) => viewOf(row, keys, isHuman(actor)));
  };
  return {
    list,
    /** @throws an error that names the refused name or value, `VARIABLES_NOT_YOURS`, `SECRETS_KEY_MISSING` */
    set: async (projectId: string, given: GivenVariable): Promise<wire.ProjectVariable> => {
      refuseOthers(actor, `setting the variable ${given.name}`);
      const { name, value } = given;
      assertVariableName(name);
      const isSecret = given.is_secret ?? looksSecret(name, value);
      assertVariableValue(name, value, isSecret);
      const audiences = audiencesOf(given.for ?? defaultAudiences);
      if (isSecret) rememberSecrets([{ name, value }], { isGiven: true });
      await database.transaction(async (query) => {
        const project = await lockProjectNamed(query, projectId);
        if (!project) throw projectNotFound(projectId, []);
        await lockVariables(query);
        await assertRoom(query, project.id, given);
        const key = await keyInUse(query, keyRing, `the variable ${name}`);
        const row = { projectId: project.id, name, isSecret, audiences };
        await putVariable(query, {
          ...row,
          sealed: seal(value, row, key),
          keyId: key.id,
          changedBy: actor,
        });
      });
      return theOne(await list(projectId), name);
    },
    /** Works without the key. @throws VARIABLE_NOT_FOUND, VARIABLES_NOT_YOURS */
    remove: async (projectId: string, name: string): Promise<void> => {
      refuseOthers(actor, `removing the variable ${name}`);
      const isRemoved = await database.transaction((query) =>
        removeVariable(query, projectId as ProjectId, name),
      );
      if (!isRemoved) throw notFound(name, await list(projectId));
    },
    /** Encrypts every value of every project with a new key. @throws SECRETS_KEY_MISSING, VARIABLES_NOT_YOURS */
    rotate: async (): Promise<wire.RotatedKey> => {
      refuseOthers(actor, 'changing the key of the variables');
      return database.transaction(async (query) => {
        await lockVariables(query);
        const rows = await allVariables(query);
        const keys = await keyRing.read();
        const opened = rows.map((row) => ({ row, value: openVariable(row, keys, keyRing).value }));
        const push = await openPushKey(query, keyRing);
        const key = await keyRing.add();
        if (push !== null) await resealPushKey(query, sealPushKey(push, key));
        for (const { row, value } of opened)
          await resealVariable(query, { ...row, keyId: key.id, sealed: seal(value, row, key) });
        return { key_id: key.id, variables: rows.length, path: keyRing.path };
      });
    },
    /** Where the key is, and whether this machine can read every variable. */
    key: async (): Promise<wire.SecretsKey> => {
      const keys = await keyRing.read();
      const used = await database.run(usedKeyIds);
      const known = new Set(keys.map(({ id }) => id));
      return {
        path: keyRing.path,
        key_ids: keys.map(({ id }) => id),
        missing_key_ids: used.filter((id) => !known.has(id)),
      };
    },
  };
}

/** An encrypted value is a few bytes longer than its content. */
async function assertRoom(query: Query, projectId: ProjectId, { name, value }: GivenVariable): Promise<void> {
  const { variablesMax, totalBytesMax } = variableLimits;
  const others = (await variablesOf(query, projectId)).filter((each) => each.name !== name);
  const bytes = others.reduce((sum, { sealed }) => sum + sealed.length, Buffer.byteLength(value));
  if (others.length < variablesMax && bytes <= totalBytesMax) return;
  throw projectFailures.VARIABLES_TOO_MANY('set variable', {
    variablesMax,
    totalBytesMax: totalBytesMax / 1024,
  });
}

function viewOf(row: SealedVariable, keys: readonly SecretKey[], isPerson: boolean): wire.ProjectVariable {
  const { name, isSecret, keyId, changedBy, changedAt } = row;
  const key = keys.find(({ id }) => id === keyId);
  const value = key ? unseal(row.sealed, row, key) : null;
  return {
    name,
    is_secret: isSecret,
    for: audiencesOf(row.audiences),
    value: isSecret || !isPerson ? null : value,
    is_readable: value !== null,
    changed_by: changedBy,
    changed_at: changedAt.toISOString(),
  };
}

function theOne(all: readonly wire.ProjectVariable[], name: string): wire.ProjectVariable {
  const found = all.find((each) => each.name === name);
  if (found) return found;
  throw notFound(name, all);
}

function refuseOthers(actor: string, what: string): void {
  if (isHuman(actor)) return;
  throw projectFailures.VARIABLES_NOT_YOURS('set variable', {
    what: `${what[0]?.toUpperCase()}${what.slice(1)}`,
  });
}

function notFound(name: string, all: readonly wire.ProjectVariable[]): PermanentError {
  const names = all.map((each) => each.name).join(', ');
  return names === ''
    ? projectFailures.VARIABLE_NOT_FOUND('find variable', {
        name: name.slice(0, variableLimits.nameCharsMax),
      })
    : projectFailures.VARIABLE_NOT_FOUND_AMONG('find variable', {
        name: name.slice(0, variableLimits.nameCharsMax),
        names,
      });
}
