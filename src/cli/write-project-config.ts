// Writes `.moose/config.yml` into a checkout: atomically, never through a link, never over an existing file
// without asking.

import { lstat, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { configBytesMax, configPath } from '../config-file/invalid-config.ts';
import type { PermanentError } from '../domain/failure.ts';
import { createFile, replaceFile } from '../stdx/files/durable-files.ts';
import { hasErrorCode } from '../stdx/system-error.ts';
import { cliFailures } from './failure-catalogue.ts';

/** Returns null if there is no file. @throws PermanentError `PROJECT_CONFIG_NOT_A_FILE` */
export async function existingConfig(root: string): Promise<string | null> {
  const path = join(root, configPath);
  await assertNoLink(dirname(path), 'directory');
  const found = await assertNoLink(path, 'file');
  if (found === null) return null;
  if (found.size > configBytesMax) throw notAFile(path, `has ${found.size} bytes`);
  return readFile(path, 'utf8');
}

/** @throws PermanentError `PROJECT_CONFIG_NOT_WRITTEN` */
export async function writeConfig(
  root: string,
  text: string,
  { mayReplace }: { mayReplace: boolean },
): Promise<void> {
  const path = join(root, configPath);
  try {
    await mkdir(dirname(path), { recursive: true });
    if (mayReplace) return await replaceFile(path, text, { mode: 0o666 });
    if (!(await createFile(path, text, { mode: 0o666 }))) throw new Error('There is a file already');
  } catch (cause) {
    throw cliFailures.PROJECT_CONFIG_NOT_WRITTEN({ operation: 'init', cause }, { path });
  }
}

async function assertNoLink(path: string, kind: 'file' | 'directory') {
  try {
    const found = await lstat(path);
    if (kind === 'file' ? found.isFile() : found.isDirectory()) return found;
    throw notAFile(path, `is not a ${kind}`);
  } catch (cause) {
    if (hasErrorCode(cause, 'ENOENT')) return null;
    throw cause;
  }
}

function notAFile(path: string, what: string): PermanentError {
  return cliFailures.PROJECT_CONFIG_NOT_A_FILE('init', { path, what });
}
