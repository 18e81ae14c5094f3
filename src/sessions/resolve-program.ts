// Finds the file of a command before anything is spawned, so that 'not installed' is reported clearly.

import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { hasErrorCode } from '../stdx/system-error.ts';
import { sessionFailures } from './failure-catalogue.ts';

/** Where the wrapper's own tools are searched for; the program's environment does not matter for them. */
export const toolPath = ['/usr/local/bin', '/usr/bin', '/bin', '/run/current-system/sw/bin'].join(delimiter);

/** The absolute path of `program`, found with the PATH of the environment that it will get. */
export function resolveProgram(program: string, env: Readonly<Record<string, string>>, cwd: string): string {
  const path = env.PATH ?? '';
  const found = program.includes('/') ? resolve(cwd, program) : findOnPath(program, path, cwd);
  if (found !== null && isExecutable(found)) return found;
  throw program.includes('/')
    ? sessionFailures.AGENT_PROGRAM_MISSING(
        { operation: 'start', metadata: { program, path, cwd } },
        { program: JSON.stringify(program), path: resolve(cwd, program) },
      )
    : sessionFailures.AGENT_PROGRAM_MISSING_ON_PATH(
        { operation: 'start', metadata: { program, path, cwd } },
        { program: JSON.stringify(program), path: path === '' ? 'empty' : path },
      );
}

/** The first executable file with this name on `path`, or null. */
export function findOnPath(program: string, path: string, cwd: string): string | null {
  if (program === '') return null;
  for (const folder of path.split(delimiter)) {
    if (folder === '') continue;
    const candidate = join(isAbsolute(folder) ? folder : resolve(cwd, folder), program);
    if (isExecutable(candidate)) return candidate;
  }
  return null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'ENAMETOOLONG', 'EPERM')) return false;
    throw error;
  }
}
