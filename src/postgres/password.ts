import { randomBytes } from 'node:crypto';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../stdx/files/durable-files.ts';
import { postgresFailures } from './failure-catalogue.ts';
import { readPrivateFile } from './private-file.ts';

export async function readPassword(directory: string): Promise<string> {
  const path = join(directory, 'password');
  const password = await readPrivateFile(path);
  if (password) {
    await chmod(path, 0o600);
    return password;
  }
  throw postgresFailures.EMBEDDED_PASSWORD_MISSING('start', { directory, path });
}

/** Stores the password before creating the cluster: a killed initdb never leaves a cluster without a password. */
export async function readOrCreatePassword(directory: string): Promise<string> {
  const path = join(directory, 'password');
  const kept = await readPrivateFile(path);
  if (kept) return kept;
  const password = randomBytes(24).toString('base64url');
  await replaceFile(path, password);
  return password;
}
