// Where the project's next change would start, as far as this machine knows.

import { type ConfigurationError, isMooseError } from '../../domain/failure.ts';
import { baseCommit } from '../../git/refs/base-branch.ts';
import { inspectRepository } from '../../git/refs/repository.ts';
import { hasMirror } from '../../git/remote/mirror.ts';
import { configAt, fileOn } from '../policy/config-at.ts';
import { runFailures } from './failure-catalogue.ts';
import type { ProjectHere } from './project-here.ts';

interface NextStart {
  commit: string;
  base: { value: string; source: 'project' | 'file' | 'default' };
}

/** A mirror is only as new as the last fetch. @throws MIRROR_MISSING, and the reason why it is not a repository */
export async function nextStart({
  repositoryPath: path,
  settings,
  ...project
}: Pick<ProjectHere, 'repositoryPath' | 'settings' | 'remoteUrl' | 'defaultBranch'>): Promise<NextStart> {
  const { remoteUrl, defaultBranch } = project;
  if (remoteUrl !== null && !(await hasMirror(path))) throw notFetched(remoteUrl);
  const at = (branch: string, namedBy?: string) =>
    baseCommit({ path, branch, remote: remoteUrl ?? undefined, namedBy });
  if (settings.base !== undefined)
    return { commit: await at(settings.base), base: { value: settings.base, source: 'project' } };
  const { headSha, headBranch } =
    defaultBranch === null
      ? await inspectRepository(path)
      : { headSha: await at(defaultBranch), headBranch: defaultBranch };
  const named = await baseNamedAt(path, headSha);
  if (named !== undefined)
    return { commit: await at(named, fileOn(headBranch)), base: { value: named, source: 'file' } };
  return { commit: headSha, base: { value: headBranch ?? 'what is checked out', source: 'default' } };
}

/** An unreadable file is reported with the values that depend on it. */
async function baseNamedAt(path: string, sha: string): Promise<string | undefined> {
  try {
    return (await configAt(path, sha))?.base;
  } catch (cause) {
    if (isMooseError(cause) && cause.code === 'PROJECT_CONFIG_INVALID') return undefined;
    throw cause;
  }
}

function notFetched(remoteUrl: string): ConfigurationError {
  return runFailures.MIRROR_MISSING('read values', { remoteUrl });
}
