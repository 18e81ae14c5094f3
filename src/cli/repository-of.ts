import { existsSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { ConfigurationError } from '../domain/failure.ts';
import { isRemoteAddress } from '../git/remote-address.ts';

/**
 * A repository as a person names it: the address of a remote, or a path from the current directory. A path on a server
 * must be absolute, because it is a path of the server's machine.
 * @throws ConfigurationError `REPOSITORY_NOT_ON_SERVER`
 */
export function repositoryOf(given: string, server: string | null): string {
  const path = resolve(given);
  if (server === null) return isRemoteAddress(given) && !existsSync(path) ? given : path;
  if (isRemoteAddress(given) || isAbsolute(given)) return given;
  throw new ConfigurationError({
    code: 'REPOSITORY_NOT_ON_SERVER',
    component: 'cli',
    operation: 'find the repository',
    message: `"${given.slice(0, 200)}" is a folder on this machine, but Moose runs at ${server}.`,
    advice:
      'Specify the address of a remote, as in `--repo https://HOST/OWNER/REPO`, a project with `--project`, or an absolute path on that machine.',
  });
}
