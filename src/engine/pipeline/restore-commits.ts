// Brings the commits of a work order to this machine if another one made them: the database holds them as a bundle.
import { restoreBundle } from '../../git/patch.ts';
import { newestArtifact } from '../../store/work/artifacts.ts';
import type { Work } from '../run/work.ts';

/** Does nothing if the work order has no commits yet. */
export async function restoreCommits(
  { database, order, project, signal }: Work,
  branch: string,
): Promise<void> {
  const bundle = await database.run((query) => newestArtifact(query, order.id, 'bundle'), signal);
  if (bundle) await restoreBundle({ repositoryPath: project.repositoryPath, bundle, branch, signal });
}
