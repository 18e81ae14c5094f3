import { committedFiles } from '../../finder/committed-files.ts';
import { pathsToRead } from '../../finder/nested-projects.ts';
import type { ProjectFiles } from '../../finder/project-files.ts';
import { isSha } from '../../git/revision.ts';
import { listFiles, readFiles } from '../../git/tree.ts';

/** Lock files are large, and read for a few words; a larger file is data. */
const fileBytesMax = 8 * 1024 ** 2;

/** The steps of a work order ask for the same ones again; a commit never changes. The oldest comes first. */
const keptMax = 4;
const kept = new Map<string, ProjectFiles>();

/** A commit's files as the search for setup and checks sees them: a change cannot alter what judges it. */
export async function projectFilesAt(
  repositoryPath: string,
  commit: string,
  signal?: AbortSignal,
): Promise<ProjectFiles> {
  const key = `${repositoryPath}\0${commit}`;
  const known = kept.get(key);
  if (known) return known;
  const found = await readAt(repositoryPath, commit, signal);
  if (!isSha(commit)) return found;
  kept.set(key, found);
  for (const oldest of [...kept.keys()].slice(0, -keptMax)) kept.delete(oldest);
  return found;
}

async function readAt(
  repositoryPath: string,
  commit: string,
  signal: AbortSignal | undefined,
): Promise<ProjectFiles> {
  const files = await listFiles(repositoryPath, commit, signal);
  const paths = files.map(({ path }) => path);
  const readable = new Set(
    files.filter(({ sizeBytes }) => sizeBytes <= fileBytesMax).map(({ path }) => path),
  );
  const wanted = pathsToRead(paths).filter((path) => readable.has(path));
  return committedFiles(paths, await readFiles(repositoryPath, commit, wanted, signal));
}
