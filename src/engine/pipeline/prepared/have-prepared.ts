// Prepares a worktree for the sessions that work in it: its setup has run there, or a cached result was copied there
// (R-PROJ-3).
import { treeOf } from '../../../git/revision.ts';
import { removeUntracked } from '../../../git/working-files.ts';
import { hasOpenSession } from '../../../store/work/session-rows.ts';
import { toMooseError } from '../../errors/to-moose-error.ts';
import { setupAgain } from '../../run/setup-names.ts';
import type { PreparingResult, RoutingResult } from '../../run/step-results.ts';
import type { Work } from '../../run/work.ts';
import { cleanWorktree, takeBack, type WorktreePlace } from '../worktree-place.ts';
import { fillEntry } from './fill-entry.ts';
import { giveEntry, shareStores } from './give-entry.ts';
import { type Preparation, preparationOf } from './preparation.ts';
import { readNote, removeNote, writeNote } from './prepared-note.ts';
import { runSetup, type SetupRun } from './run-setup.ts';

export interface Wanted extends SetupRun {
  routed: RoutingResult;
  headSha: string;
  /** The session that is about to run something in the worktree; null if there is none yet. */
  by: string | null;
}

type Way = Pick<PreparingResult, 'way' | 'unkept'>;

/** @throws MooseError if the setup fails */
export async function havePrepared(work: Work, preparation: Preparation, wanted: Wanted): Promise<Way> {
  const { worktreePath, by } = wanted;
  const { key } = preparation;
  const note = await readNote(work, worktreePath, { key, by });
  if (note) {
    await writeNote(work, worktreePath, { ...note, usedBy: by });
    return { way: 'kept' };
  }
  await removeNote(work);
  // A setup that outlived Moose is adopted, so its files stay.
  const isRunning = await work.database.run((query) => hasOpenSession(query, work.run.id), work.signal);
  if (isRunning) return setUp(work, preparation, wanted);
  if (await takeEntry(work, key, worktreePath, by)) return { way: 'cache' };
  // If several work orders need the same result at once, one makes it, and the others use it.
  return work.slots.withSlot(`prepare:${work.settings.host}:${key}`, 1, work.signal, async () =>
    (await takeEntry(work, key, worktreePath, by)) ? { way: 'cache' } : setUp(work, preparation, wanted),
  );
}

async function setUp(work: Work, preparation: Preparation, wanted: Wanted): Promise<Way> {
  const { worktreePath, routed, headSha, by } = wanted;
  const { key, environment, egress } = preparation;
  await runSetup({ ...work, checkVariables: environment, egress }, preparation, wanted);
  await takeBack(work, routed, worktreePath, headSha);
  const unkept = await removeUntracked(worktreePath, { signal: work.signal });
  if (unkept.length === 0 && headSha === routed.baseSha)
    await orWithout(work, 'kept', () => fillEntry(work, key, worktreePath));
  await writeNote(work, worktreePath, { key, usedBy: by, isUnkept: unkept.length > 0 });
  return { way: 'setup', ...(unkept.length > 0 ? { unkept: unkept.slice(0, unkeptToldMax) } : {}) };
}

const unkeptToldMax = 20;

async function takeEntry(work: Work, key: string, worktreePath: string, by: string | null): Promise<boolean> {
  const isGiven = await orWithout(work, 'used', () => giveEntry(work, key, worktreePath));
  if (isGiven) await writeNote(work, worktreePath, { key, usedBy: by, isUnkept: false });
  return isGiven ?? false;
}

/** The cache only saves time: if it fails, the setup runs. */
async function orWithout<T>(work: Work, what: string, act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (cause) {
    if (work.signal.aborted) throw cause;
    const error = toMooseError(cause, 'pipeline', 'prepare');
    work.logger.warn(
      { workOrderId: work.order.id, err: error },
      `the result of a setup could not be ${what}: ${error.message}`,
    );
    return undefined;
  }
}

/** Whether the checks can skip the setup. Decided once per cycle, because a running check may be adopted. */
export async function readyForChecks(
  work: Work,
  { key }: Preparation,
  worktreePath: string,
): Promise<boolean> {
  const by = `${work.run.id}.${work.run.cycle}.verifying`;
  const note = await readNote(work, worktreePath, { key, by });
  if (note?.usedBy === by) return !note.isUnkept;
  if (note === null && (await takeEntry(work, key, worktreePath, by))) return true;
  const isUnkept = note?.isUnkept ?? true;
  await writeNote(work, worktreePath, { key, usedBy: by, isUnkept });
  return !isUnkept;
}

export interface AgentPlace {
  routed: RoutingResult;
  parentSha: string;
  place: WorktreePlace;
  attempt: number;
  /** The agent's home. */
  homePath: string;
}

/** Prepares the worktree for an agent that runs commands: files of an earlier agent are gone, and the setup has run. */
export async function readyForAgent(
  work: Work,
  { routed, parentSha, place, attempt, homePath }: AgentPlace,
): Promise<void> {
  const { worktreePath } = place;
  const { baseSha } = routed;
  const preparation = await preparationOf(work, { baseSha, sha: parentSha });
  if (preparation === null) return;
  const by = `${work.run.id}.${work.run.cycle}.applying.${attempt}`;
  const note = await readNote(work, worktreePath, { key: preparation.key, by });
  if (note === null) await cleanWorktree(work, routed, place);
  await havePrepared(work, preparation, {
    ...{ worktreePath, routed, baseSha, by, headSha: parentSha, step: 'applying', names: setupAgain },
    treeSha: await treeOf(work.project.repositoryPath, parentSha, { signal: work.signal }),
  });
  if (note === null) await orWithout(work, 'shared', () => shareStores(work, homePath));
}
