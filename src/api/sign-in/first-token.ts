// The token of the data directory's owner: created once, stored where only they can read it, and recognised by its
// hash.
import { chmod, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAudit } from '../../engine/access/write-audit.ts';
import { createFile, replaceFile } from '../../stdx/files/durable-files.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { addToken, givePerson, newToken } from '../../store/access/api-tokens.ts';
import type { Database } from '../../store/database.ts';

const fileName = 'api-token';
const ownerOnly = 0o600;
const tokenPattern = /^moose_[\w-]{43}$/;
/** Two processes may create it at the same time; each then finds the other's. */
const looksMax = 3;

/**
 * The token has the role admin, and `person` signs in with it. A revoked token stays revoked: after its file is
 * deleted, the next start creates a new one.
 * @throws the file system's error if the data directory is not writable
 */
export async function ensureFirstToken(
  database: Database,
  dataDirectory: string,
  person: string,
): Promise<{ path: string; token: string }> {
  const path = firstTokenPath(dataDirectory);
  const token = await tokenIn(path, dataDirectory);
  await database.transaction(async (query) => {
    const given = { name: fileName, role: 'admin' as const, createdBy: 'moose:up', person };
    if (await addToken(query, token, given))
      await writeAudit(query, {
        actor: 'moose:up',
        act: 'token.create',
        subject: fileName,
        detail: { role: 'admin', person },
      });
    else await givePerson(query, token, person);
  });
  return { path, token };
}

export function firstTokenPath(dataDirectory: string): string {
  return join(dataDirectory, fileName);
}

async function tokenIn(path: string, dataDirectory: string): Promise<string> {
  await mkdir(dataDirectory, { recursive: true, mode: 0o711 });
  for (let look = 1; look <= looksMax; look++) {
    const kept = await read(path);
    if (kept !== null && tokenPattern.test(kept)) {
      await chmod(path, ownerOnly);
      return kept;
    }
    // A token that another process created meanwhile stays, and anything else is replaced.
    if (kept === null) await createFile(path, `${newToken()}\n`);
    else await replaceFile(path, `${newToken()}\n`);
  }
  throw new TypeError(`${path} does not contain what was written to it`);
}

async function read(path: string): Promise<string | null> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    if (hasErrorCode(cause, 'ENOENT')) return null;
    throw cause;
  }
}
