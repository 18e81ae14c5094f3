// The ID of a data directory, which distinguishes two machines with the same name, even after a restart.

import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ConfigurationError } from '../domain/failure.ts';
import { createFile } from '../stdx/files/durable-files.ts';
import { makeDirectory } from '../stdx/files/make-directory.ts';
import { hasErrorCode } from '../stdx/system-error.ts';
import { appFailures } from './failure-catalogue.ts';

const idPattern = /^[0-9a-f-]{36}$/;

/** Created on the first call. @throws ConfigurationError `MACHINE_ID_UNREADABLE` */
export async function machineIdOf(dataDirectory: string): Promise<string> {
  const path = join(dataDirectory, 'machine-id');
  try {
    return (await idIn(path)) ?? (await made(path));
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** If several processes start together, one creates the file; the others never read an incomplete one. */
async function made(path: string): Promise<string> {
  const id = randomUUID();
  await makeDirectory(dirname(path), 0o711);
  if (await createFile(path, `${id}\n`, { mode: 0o644 })) return id;
  const other = await idIn(path);
  if (other === null) throw new TypeError('It was deleted while it was read');
  return other;
}

/** Null if the file does not exist. */
async function idIn(path: string): Promise<string | null> {
  try {
    const id = (await readFile(path, 'utf8')).trim();
    if (idPattern.test(id)) return id;
  } catch (cause) {
    if (hasErrorCode(cause, 'ENOENT')) return null;
    throw cause;
  }
  throw new TypeError('The ID is malformed');
}

function unreadable(path: string, cause: unknown): ConfigurationError {
  return appFailures.MACHINE_ID_UNREADABLE({ operation: 'read', cause }, { path });
}
