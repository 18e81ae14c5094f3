// The ID of a data directory: it tells two machines of one name apart, also after a restart.
import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '../domain/failure.ts';
import { hasErrorCode } from '../stdx/system-error.ts';

const idPattern = /^[0-9a-f-]{36}$/;

/** Made once. @throws ConfigurationError `MACHINE_ID_UNREADABLE` */
export async function machineIdOf(dataDirectory: string): Promise<string> {
  const path = join(dataDirectory, 'machine-id');
  try {
    // Of several processes that start at once, one writes it.
    await writeFile(path, `${randomUUID()}\n`, { flag: 'wx', mode: 0o644 });
  } catch (cause) {
    if (!hasErrorCode(cause, 'EEXIST')) throw unreadable(path, cause);
  }
  const id = (
    await readFile(path, 'utf8').catch((cause: unknown) => Promise.reject(unreadable(path, cause)))
  ).trim();
  if (idPattern.test(id)) return id;
  throw unreadable(path, new Error('It has another form'));
}

function unreadable(path: string, cause: unknown): ConfigurationError {
  return new ConfigurationError({
    code: 'MACHINE_ID_UNREADABLE',
    component: 'config',
    operation: 'read',
    message: `The file ${path}, which tells this machine from others, cannot be read or made.`,
    advice: 'Make it readable, or delete it while no Moose runs here: Moose makes a new one.',
    cause,
  });
}
