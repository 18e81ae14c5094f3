// Where this machine keeps the login that a person made for an agent. Only the agent's own program opens these files.
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '../../stdx/system-error.ts';
import type { AgentLogin } from '../ports/agent.ts';

/** A session with the login can write to this folder, so nothing outside a sandbox may read settings or programs from it. */
export function loginPathOf({ dataDirectory }: { dataDirectory: string }, agent: string): string {
  return join(dataDirectory, 'logins', agent);
}

/** Checks only whether the file exists: Moose never opens it. */
export async function hasLogin(folder: string, { file }: Pick<AgentLogin, 'file'>): Promise<boolean> {
  try {
    return (await lstat(join(folder, file))).isFile();
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'ENAMETOOLONG')) return false;
    throw error;
  }
}
