import { committedFiles } from '../../finder/committed-files.ts';
import { pathsToRead } from '../../finder/nested-projects.ts';
import type { ProjectFiles } from '../../finder/project-files.ts';
import { listFiles, readFiles } from '../../git/tree.ts';

/** Lock files are large, and read for a few words; a larger file is data. */
const fileBytesMax = 8 * 1024 ** 2;

/** A commit's files as the search for setup and checks sees them: a change cannot alter what judges it. */
export async function projectFilesAt(
  repositoryPath: string,
  commit: string,
  signal?: AbortSignal,
): Promise<ProjectFiles> {
  const files = await listFiles(repositoryPath, commit, signal);
  const paths = files.map(({ path }) => path);
  const readable = new Set(
    files.filter(({ sizeBytes }) => sizeBytes <= fileBytesMax).map(({ path }) => path),
  );
  const wanted = pathsToRead(paths).filter((path) => readable.has(path));
  return committedFiles(paths, await readFiles(repositoryPath, commit, wanted, signal));
}
