// Handles services that a dead Moose left: those of this step are adopted, and all others are stopped, with proof.

import { findSession } from '../../../sessions/find-session.ts';
import { findNetwork } from '../../../sessions/isolation/find-network.ts';
import { markUnreachable, type SessionRow, sessionsOf } from '../../../store/work/sessions/session-rows.ts';
import { isHere } from '../../run/session-here.ts';
import { fenced, type Work } from '../../run/work.ts';
import { endLeft } from '../sessions/end-left.ts';
import { isPlaceGone } from '../sessions/session-place.ts';

export interface Wanted {
  worktreePath: string;
  names: readonly string[];
  /** The session that holds the services' network; null if they have no network of their own. */
  holder: string | null;
}

export interface Left {
  /** The attempt of the next session with this name: an adopted session's, or a new one. */
  attemptOf(name: string): number;
  isAdopted(name: string): boolean;
}

/** Call this before Moose changes the worktree: the services that a dead Moose left there write to it too. */
export async function endLeftDaemons(work: Work, worktreePath: string): Promise<void> {
  await takeLeft(work, { worktreePath, names: [], holder: null });
}

export async function takeLeft(work: Work, wanted: Wanted): Promise<Left> {
  const { run } = work;
  const all = await work.database.run((query) => sessionsOf(query, work.order.id), work.signal);
  const ofServices = all.filter(({ runId, purpose }) => runId === run.id && purpose === 'service');
  const open = ofServices.filter(
    ({ state, unreachableSince }) =>
      (state === 'intended' || state === 'running') && unreachableSince === null,
  );
  const here = open.filter((session) => isHere(session, work));
  for (const session of open)
    if (!here.includes(session))
      await fenced(work, (query) => markUnreachable(query, session.id, work.clock.now()));
  const adopted = (await isNetworkHeld(work, here, wanted)) ? await adoptable(work, here, wanted) : [];
  // Sorted in reverse, because dependent services were started last.
  for (const session of here.filter((each) => !adopted.includes(each)).reverse())
    await endLeft(work, session, 'released');
  const ofCycle = ofServices.filter(({ cycle }) => cycle === run.cycle);
  return {
    attemptOf: (name) =>
      adopted.find((each) => each.name === name)?.attempt ??
      1 + Math.max(0, ...ofCycle.filter((each) => each.name === name).map(({ attempt }) => attempt)),
    isAdopted: (name) => adopted.some((each) => each.name === name),
  };
}

async function adoptable(
  work: Work,
  here: readonly SessionRow[],
  { worktreePath, names, holder }: Wanted,
): Promise<SessionRow[]> {
  const found: SessionRow[] = [];
  for (const name of holder === null ? names : [holder, ...names]) {
    const newest = here.findLast((each) => each.name === name && each.cycle === work.run.cycle);
    if (newest && !(await isPlaceGone(work, newest, worktreePath))) found.push(newest);
  }
  return found;
}

/** If the session that holds the network is gone, nobody can enter the network of the services that still run. */
async function isNetworkHeld(work: Work, here: readonly SessionRow[], { holder }: Wanted): Promise<boolean> {
  if (holder === null) return true;
  const session = here.findLast(({ name, cycle }) => name === holder && cycle === work.run.cycle);
  const found = session && (await findSession(session, { graceMs: work.settings.stopGraceMs }));
  return found && found !== 'lost' ? (await findNetwork(found)) !== null : false;
}
