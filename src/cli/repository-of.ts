import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { isRemoteAddress } from '../git/remote-address.ts';

/** What a person calls a repository: the address of a remote, or a path from the current directory. */
export function repositoryOf(given: string): string {
  const path = resolve(given);
  return isRemoteAddress(given) && !existsSync(path) ? given : path;
}
