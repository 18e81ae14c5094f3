import { mkdir, readdir } from 'node:fs/promises';
import { mooseIdentity } from '../git/commit/identity.ts';
import { runGit } from '../git/run/run-git.ts';
import { ownFile } from '../stdx/files/own-files.ts';
import { copyTreePassing } from '../stdx/files/passing-files.ts';
import { demoFailures } from './failure-catalogue.ts';

export interface ScratchRepository {
  path: string;
  /** The only commit, on `main`; it is the same in every repository made here. */
  headSha: string;
}

const projectPath = ownFile('demo/scratch-project');
const committedAt = '2026-01-01T00:00:00Z';

/**
 * Creates a git repository of the scratch project: small, without dependencies, with tests, a linter and some bugs.
 * @param path created if it does not exist; it has to be empty
 * @throws ConfigurationError DEMO_DIRECTORY_NOT_EMPTY
 */
export async function createScratchRepository(
  path: string,
  signal?: AbortSignal,
): Promise<ScratchRepository> {
  await mkdir(path, { recursive: true });
  if ((await readdir(path)).length > 0) {
    throw demoFailures.DEMO_DIRECTORY_NOT_EMPTY('createScratchRepository', { path });
  }
  await copyTreePassing(projectPath, path, { recursive: true });
  const env = { ...mooseIdentity, GIT_AUTHOR_DATE: committedAt, GIT_COMMITTER_DATE: committedAt };
  await runGit(path, ['init', '--quiet', '--initial-branch=main', '--template='], { signal });
  await runGit(path, ['add', '--all'], { signal });
  await runGit(path, ['commit', '--quiet', '-m', 'The till as it was found'], { signal, env });
  const { stdout } = await runGit(path, ['rev-parse', 'HEAD'], { signal });
  return { path, headSha: stdout.trim() };
}
