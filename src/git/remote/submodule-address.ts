// Where a submodule comes from: an address, or a place beside the project's own remote.
import { posix } from 'node:path';
import { isMooseError } from '../../domain/failure.ts';
import { findRemote } from '../refs/repository.ts';
import type { GitCall } from '../run/git-call.ts';
import { assertRemoteUrl } from './remote-url.ts';

export interface SubmoduleHome {
  repositoryPath: string;
  /** If the repository is a mirror, the address that it has its branches from. */
  remoteAddress?: string | null | undefined;
}

/** `given`: as .gitmodules names it. Null if it is no address. */
export async function submoduleAddress(
  { repositoryPath, remoteAddress }: SubmoduleHome,
  given: string,
  call: GitCall,
): Promise<string | null> {
  const base = async () => remoteAddress ?? (await findRemote(repositoryPath, call))?.url ?? repositoryPath;
  const url = isRelative(given) ? beside(await base(), given) : given;
  try {
    assertRemoteUrl(url);
    return url;
  } catch (error) {
    if (!isMooseError(error)) throw error;
    return null;
  }
}

export const isRelative = (given: string) => /^\.\.?\//.test(given);

export function beside(base: string, given: string): string {
  const [, host = '', rest = base] = /^([a-z]+:\/\/[^/]*|[^/:]+:)(.*)$/i.exec(base) ?? [];
  return host + posix.join(rest, given);
}
