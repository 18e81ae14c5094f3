// The working repository of a scene: it commits and pushes as a person would.
import { join } from 'node:path';
import { commitFiles, git, makeRepository } from '../e2e/repository.fixture.ts';

export interface SceneRepository {
  path: string;
  baseSha: string;
  push(branch: string, files: Readonly<Record<string, string>>): Promise<string>;
}

/** `pushUrl` is read at each push, because a test may create the repository on the forge from this one. */
export async function sceneRepository(folder: string, pushUrl: () => string): Promise<SceneRepository> {
  const path = await makeRepository(join(folder, 'working'));
  const baseSha = await git(path, 'rev-parse', 'HEAD');
  return {
    path,
    baseSha,
    push: async (branch, files) => {
      const isThere = (await git(path, 'branch', '--list', branch)) !== '';
      await git(path, 'switch', '--quiet', ...(isThere ? [branch] : ['--create', branch, 'main']));
      if (Object.keys(files).length > 0) await commitFiles(path, { ...files }, `Change ${branch}`);
      await git(path, 'push', '--quiet', pushUrl(), `${branch}:refs/heads/${branch}`);
      const sha = await git(path, 'rev-parse', 'HEAD');
      await git(path, 'switch', '--quiet', 'main');
      return sha;
    },
  };
}
