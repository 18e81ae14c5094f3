// Detects whether a session's worktree is still the one in which it started: deleting it removes the session's work,
// and a later folder at the same path is another worktree.
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TransientError } from '../../domain/failure.ts';
import { isThere, readIfThere } from '../../git/is-there.ts';
import { worktreeMark } from '../../git/worktree-entry.ts';
import type { SessionRow } from '../../store/work/session-rows.ts';

type Session = Pick<SessionRow, 'directory'>;

const noteFile = 'worktree';

/** Call this before the session starts. A folder that is not one of Moose's worktrees is not recorded. */
export async function notePlace({ directory }: Session, cwd: string): Promise<void> {
  const mark = await worktreeMark(cwd);
  if (mark !== null) await writeFile(join(directory, noteFile), mark);
}

export async function isPlaceGone({ directory }: Session, cwd: string): Promise<boolean> {
  const noted = await readIfThere(join(directory, noteFile));
  if (noted === null) return false;
  if (!(await isThere(cwd))) return true;
  const mark = await worktreeMark(cwd);
  return mark !== null && mark !== noted;
}

/** @throws WORKTREE_GONE, which is retried: the worktree and the session are made again */
export async function assertPlaceStands(session: Session & Pick<SessionRow, 'name'>, cwd: string) {
  if (!(await isPlaceGone(session, cwd))) return;
  throw new TransientError({
    code: 'WORKTREE_GONE',
    component: 'pipeline',
    operation: 'run session',
    message: `The worktree ${cwd} and its uncommitted changes were deleted while ${session.name} ran in it.`,
    advice: `Moose recreates it and restarts ${session.name}. If it happens again, find out what deletes folders in ${dirname(cwd)}.`,
    failureClass: 'orchestration_error',
    metadata: { worktreePath: cwd },
  });
}
