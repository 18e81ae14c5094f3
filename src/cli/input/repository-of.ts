import { existsSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { isRemoteAddress } from '../../git/remote/remote-address.ts';
import { cliFailures } from '../failure-catalogue.ts';

/**
 * A repository as a person names it: the address of a remote, or a path from the current directory. A path on a server
 * must be absolute, because it is a path of the server's machine.
 * @throws ConfigurationError `REPOSITORY_NOT_ON_SERVER`
 */
export function repositoryOf(given: string, server: string | null): string {
  const path = resolve(given);
  if (server === null) return isRemoteAddress(given) && !existsSync(path) ? given : path;
  if (isRemoteAddress(given) || isAbsolute(given)) return given;
  throw cliFailures.REPOSITORY_NOT_ON_SERVER('find the repository', { given: given.slice(0, 200), server });
}
