import { committedFiles } from '../../finder/committed-files.ts';
import { pathsToRead } from '../../finder/nested-projects.ts';
import type { ProjectFiles } from '../../finder/project-files.ts';
import { isSha } from '../../git/read/revision.ts';
import { listFiles, readFiles } from '../../git/read/tree.ts';
import { BoundedMap } from '../../stdx/bounded-map.ts';

/** Lock files are large but are searched only for a few words; a file above this size is data. */
const fileBytesMax = 8 * 1024 ** 2;

/** A small cache: the steps of a work order ask for the same commits again, and a commit never changes. */
const keptMax = 4;
const kept = new BoundedMap<string, ProjectFiles>(keptMax);

/**
 * The files of a commit, for the search for setup and checks. It is the base commit, so a change cannot alter the
 * checks that judge it.
 */
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
