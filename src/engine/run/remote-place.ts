// Where Moose pushes a project's branches: the project's or the repository's remote, or a bare repository that Moose
// keeps for it.
import { join } from 'node:path';
import { findRemote } from '../../git/refs/repository.ts';
import { redactUrls } from '../../git/remote/redact-url.ts';
import type { ProjectHere } from './project-here.ts';

export interface RemotePlace {
  /** The URL may contain a password, so it is only passed to git, never stored in a row or shown on a screen. */
  url: string;
  shownUrl: string;
  /** True for a bare repository of Moose's own, which must be created before the first push. */
  isMooses: boolean;
  /** The name of the remote in the person's repository, if that has it. */
  name?: string;
  /** That repository fetches from the same address, so its remote-tracking branches are those of this remote. */
  isFetched?: boolean;
}

export async function remotePlace(
  project: Pick<ProjectHere, 'id' | 'repositoryPath' | 'remoteAddress' | 'settings'>,
  dataDirectory: string,
  signal?: AbortSignal,
): Promise<RemotePlace> {
  const { remoteAddress } = project;
  if (remoteAddress !== null) return { url: remoteAddress, shownUrl: remoteAddress, isMooses: false };
  const remote = await findRemote(project.repositoryPath, { signal });
  if (remote) {
    const { name, url, pushUrl = url } = remote;
    const isFetched = pushUrl === url;
    return { name, url: pushUrl, shownUrl: redactUrls(pushUrl), isMooses: false, isFetched };
  }
  // The path stays where it was first created: another worker on this machine may have another data directory.
  const path = project.settings.remote_path ?? join(dataDirectory, 'remotes', `${project.id}.git`);
  return { url: path, shownUrl: path, isMooses: true };
}
