import type { Trailers } from '../../../git/commit/trailers.ts';
import { signOffTrailer } from '../../../git/merge/sign-off.ts';
import { pullRequestOf } from '../../../store/work/pull-requests/pull-requests.ts';
import type { Work } from '../../run/work.ts';
import { readFollowed } from '../../sentinel/next/followed.ts';
import type { CommitPeople } from '../../workplace/worktree/commit-people.ts';

/** The line that signs off a commit; empty, unless a check of the forge has demanded it. */
export async function signOffOf(work: Work, { committer }: CommitPeople): Promise<Trailers> {
  const { database, order, project, signal } = work;
  const row = await database.run((query) => pullRequestOf(query, order.id), signal);
  if (row === undefined || !readFollowed(row.followed).signsOff) return {};
  return signOffTrailer(project.repositoryPath, committer, { signal });
}
