// Finds the file of a command before anything is spawned, so that 'not installed' is reported clearly.

import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { ConfigurationError } from '../domain/failure.ts';
import { hasErrorCode } from '../stdx/system-error.ts';

/** Where the wrapper's own tools are searched for; the program's environment does not matter for them. */
export const toolPath = ['/usr/local/bin', '/usr/bin', '/bin', '/run/current-system/sw/bin'].join(delimiter);

/** The absolute path of `program`, found with the PATH of the environment that it will get. */
export function resolveProgram(program: string, env: Readonly<Record<string, string>>, cwd: string): string {
  const path = env.PATH ?? '';
  const found = program.includes('/') ? resolve(cwd, program) : findOnPath(program, path, cwd);
  if (found !== null && isExecutable(found)) return found;
  throw new ConfigurationError({
    code: 'AGENT_PROGRAM_MISSING',
    message: `The program ${JSON.stringify(program)} does not exist or cannot be executed.`,
    advice: program.includes('/')
      ? `Install it at ${resolve(cwd, program)}, or correct the path in the settings.`
      : `Install it, or add its folder to the PATH that the agent is given (currently: ${path === '' ? 'empty' : path}).`,
    component: 'sessions',
    operation: 'start',
    failureClass: 'dependency_missing',
    metadata: { program, path, cwd },
  });
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
