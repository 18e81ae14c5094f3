import type { Check } from '../../domain/check.ts';
import { listFiles, readFiles } from '../../git/tree.ts';
import { committedFiles } from './committed-files.ts';
import { findChecks } from './find-checks.ts';
import type { Work } from './work.ts';

/** Given with the work order, else set for the project, else found in its files as they were before the change. */
export async function checksOf(work: Work, commit: string): Promise<Check[]> {
  const given = work.order.settings.checks ?? work.project.settings.checks;
  if (given) return given;
  const { repositoryPath } = work.project;
  const paths = (await listFiles(repositoryPath, commit, work.signal)).map(({ path }) => path);
  const rootPaths = paths.filter((path) => !path.includes('/'));
  const contents = await readFiles(repositoryPath, commit, rootPaths, work.signal);
  return findChecks(committedFiles(paths, contents));
}
