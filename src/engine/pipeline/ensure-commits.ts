// Another machine may have made a change so far: its commits are brought here before anything reads them.
import { hasCommit } from '../../git/revision.ts';
import { type ApplyingResult, findResult, type RoutingResult } from '../run/step-results.ts';
import type { Work } from '../run/work.ts';
import { restoreCommits } from './restore-commits.ts';

/** The commit that the change is based on: the head of its branch, or the commit where the branch will start. */
export async function ensureBaseOfChange(work: Work, routed: RoutingResult): Promise<string> {
  const applied = await findResult<ApplyingResult>(work, 'applying');
  if (!applied) return routed.baseSha;
  const { project, signal } = work;
  if (!(await hasCommit(project.repositoryPath, applied.headSha, { signal })))
    await restoreCommits(work, routed.branch);
  return applied.headSha;
}
