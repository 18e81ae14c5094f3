// Detects whether a session's worktree is still the one in which it started: deleting it removes the session's work,
// and a later folder at the same path is another worktree.

import { dirname, join } from 'node:path';
import type { SessionEnd } from '../../../domain/machine/session.ts';
import { isThere, readIfThere } from '../../../git/run/is-there.ts';
import { worktreeMark } from '../../../git/worktree/worktree-entry.ts';
import { writePassing } from '../../../stdx/files/passing-files.ts';
import type { SessionRow } from '../../../store/work/sessions/session-rows.ts';
import { type Here, isHere } from '../../run/session-here.ts';
import { workplaceFailures } from '../failure-catalogue.ts';

type Session = Pick<SessionRow, 'directory' | 'host' | 'machine'>;

const noteFile = 'worktree';

/** Call this before the session starts. A folder that is not one of Moose's worktrees is not recorded. */
export async function notePlace({ directory }: Pick<Session, 'directory'>, cwd: string): Promise<void> {
  const mark = await worktreeMark(cwd);
  if (mark !== null) await writePassing(join(directory, noteFile), mark);
}

/** False for a session of another machine, whose worktree is not here in any case. */
export async function isPlaceGone(here: Here, session: Session, cwd: string): Promise<boolean> {
  if (!isHere(session, here)) return false;
  const { directory } = session;
  const noted = await readIfThere(join(directory, noteFile));
  if (noted === null) return false;
  if (!(await isThere(cwd))) return true;
  const mark = await worktreeMark(cwd);
  return mark !== null && mark !== noted;
}

/** @throws WORKTREE_GONE, which is retried: the worktree and the session are created again */
export async function assertPlaceStands(
  here: Here,
  session: Session & Pick<SessionRow, 'name'>,
  cwd: string,
) {
  if (!(await isPlaceGone(here, session, cwd))) return;
  throw workplaceFailures.WORKTREE_GONE(
    { operation: 'run session', metadata: { worktreePath: cwd } },
    { cwd, name: session.name, folder: dirname(cwd) },
  );
}

/**
 * Whatever an agent did on another machine and did not commit is there. If its own machine stopped under it, nobody knows
 * how far it came. This machine starts it again.
 * @throws SESSION_LEFT_BEHIND, AGENT_CRASHED_WITHOUT_TRACE, which are retried: how often, bounds what an agent gains that kills itself
 */
export function assertWorkedHere(here: Here, session: SessionRow, { reason }: SessionEnd): void {
  const isAtHome = isHere(session, here);
  if (isAtHome && reason === 'lost') {
    throw workplaceFailures.AGENT_CRASHED_WITHOUT_TRACE(
      { operation: 'run session', metadata: { sessionId: session.id } },
      { name: session.name },
    );
  }
  if (isAtHome && reason !== 'left_behind') return;
  const { name, host } = session;
  throw isAtHome
    ? workplaceFailures.SESSION_LEFT_BEHIND_AT_HOME(
        { operation: 'run session', metadata: { host } },
        { name, here: here.settings.host, host },
      )
    : workplaceFailures.SESSION_LEFT_BEHIND_ELSEWHERE(
        { operation: 'run session', metadata: { host } },
        { name, host, here: here.settings.host },
      );
}
