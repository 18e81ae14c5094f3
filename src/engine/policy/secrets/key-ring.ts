// The keys that encrypt projects' variables. They are in a file in the data directory that only its owner can read, or
// set in the environment, and never in the database.

import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConfigurationError } from '../../../domain/failure.ts';
import { rememberSecrets } from '../../../domain/secrets/known-secrets.ts';
import { createFile, replaceFile } from '../../../stdx/files/durable-files.ts';
import { makeDirectory } from '../../../stdx/files/make-directory.ts';
import { hasErrorCode } from '../../../stdx/system-error.ts';
import { secretFailures } from './failure-catalogue.ts';
import { keyBytes, keyOf, type SecretKey } from './seal.ts';

export const keyFileName = 'secrets.keys';
export const keyVariable = 'MOOSE_SECRETS_KEY';
const fileBytesMax = 64 * 1024;
const othersMode = 0o077;

export interface KeyRing {
  /** The path of the key file, whether it exists or not. */
  readonly path: string;
  /** All keys of this machine, newest last. @throws ConfigurationError `SECRETS_KEY_INVALID` */
  read(): Promise<SecretKey[]>;
  /** The newest key; if there is none, one is created. */
  ensureOne(): Promise<SecretKey>;
  /** Creates a key and adds it to the file. Only one process at a time may call it. */
  add(): Promise<SecretKey>;
}

/** `given`: one or more keys, separated by commas or line breaks. */
export function createKeyRing({
  dataDirectory,
  given = '',
}: {
  dataDirectory: string;
  given?: string | undefined;
}): KeyRing {
  const path = join(dataDirectory, keyFileName);
  const read = async (): Promise<SecretKey[]> => [
    ...keysIn(given.split(/[\s,]+/), keyVariable),
    ...keysIn((await textOf(path)).split('\n'), path),
  ];
  const ensureOne = async (): Promise<SecretKey> => {
    const newest = (await read()).at(-1);
    if (newest) return newest;
    // If another process was first, its key is already there.
    await writing(path, async () => {
      await makeDirectory(dataDirectory, 0o711);
      await createFile(path, `${newLine()}\n`);
    });
    const made = (await read()).at(-1);
    if (made) return made;
    throw invalid(path, 'is empty', `Restore it from a backup, or delete it if no variable is set yet.`);
  };
  return {
    path,
    read,
    ensureOne,
    add: async () => {
      const line = newLine();
      const kept = (await textOf(path)).trim();
      await writing(path, async () => {
        await makeDirectory(dataDirectory, 0o711);
        await replaceFile(path, `${kept === '' ? '' : `${kept}\n`}${line}\n`);
      });
      return keyFrom(line, path);
    },
  };
}

async function writing(path: string, write: () => Promise<void>): Promise<void> {
  await write().catch((cause: unknown) => {
    throw invalid(path, 'cannot be written', 'Check the data directory, its disk and its owner.', cause);
  });
}

const newLine = () => randomBytes(keyBytes).toString('base64url');

function keysIn(lines: readonly string[], where: string): SecretKey[] {
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => keyFrom(line, where));
}

function keyFrom(line: string, where: string): SecretKey {
  const bytes = Buffer.from(line, 'base64url');
  if (bytes.length !== keyBytes || !/^[A-Za-z0-9_-]+$/.test(line))
    throw invalid(
      where,
      'contains a line that is not a key',
      `Each key is 43 characters of Base64: restore ${where} from a backup, or copy it from a machine that has it.`,
    );
  rememberSecrets([{ name: 'secrets-key', value: line }]);
  return keyOf(bytes);
}

/** Empty if the file does not exist. */
async function textOf(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW).catch(
    (cause: unknown) => {
      if (hasErrorCode(cause, 'ENOENT', 'ENOTDIR')) return null;
      throw invalid(path, 'cannot be read', 'Check its owner and permissions: chmod 600.', cause);
    },
  );
  if (file === null) return '';
  try {
    const { mode, size } = await file.stat();
    if ((mode & othersMode) !== 0)
      throw invalid(path, 'can be read by others', `Restrict it to its owner: chmod 600 ${path}.`);
    if (size > fileBytesMax)
      throw invalid(path, `is larger than ${fileBytesMax} bytes`, 'Restore it from a backup.');
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

function invalid(where: string, what: string, advice: string, cause?: unknown): ConfigurationError {
  return secretFailures.SECRETS_KEY_INVALID({ operation: 'read key', cause }, { where, what, advice });
}
